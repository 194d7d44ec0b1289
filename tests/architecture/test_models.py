"""Each context keeps its own books: its tables, its keys, its models."""

import ast

import pytest
from django.apps import apps

from tests.architecture.house import CONTEXTS, PRODUCT, ROOT, tree

# Libraries that live inside one context, so that their tables move out together with it.
LODGERS = {
    "cms": {"wagtailcore", "wagtailimages", "wagtaildocs", "taggit", "auth", "contenttypes"},
    "customers": {"auth"},
}
each_context = pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.name)


def tables(context):
    """List the models of a context, the tables between two models included."""
    return apps.get_app_config(context.name).get_models(include_auto_created=True)


@each_context
def test_no_foreign_key_leaves_its_context(context):
    at_home = {context.name} | LODGERS.get(context.name, set())
    strays = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in tables(context)
        for field in model._meta.local_fields + model._meta.local_many_to_many
        if field.is_relation and field.related_model
        if field.related_model._meta.app_label not in at_home
    ]
    assert strays == []


@each_context
def test_every_table_bears_the_name_of_its_context(context):
    strays = [m._meta.db_table for m in tables(context) if m._meta.managed]
    assert [table for table in strays if not table.startswith(f"{context.name}_")] == []


def test_no_model_is_fetched_behind_the_door():
    fetches = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in PRODUCT
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "get_model"
    ]
    assert fetches == []

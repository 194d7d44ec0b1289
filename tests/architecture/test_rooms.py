"""A context is furnished like every other: the same files, a README of four sentences."""

import re

import pytest

from tests.architecture.house import CONTEXTS, NAMES, asks

FURNITURE = {
    *("README.md", "contract.json", "pyproject.toml", "__init__.py", "__pycache__"),
    *("apps", "urls", "admin", "views", "rest", "tasks", "handlers", "management", "templatetags"),
    *("service", "providers", "models", "store", "migrations", "domain", "interface", "events"),
    *("tests", "static", "locale", "fixtures"),
}
SENTENCES = ["Owns", "Promises", "Asks", "Asked by"]
each_context = pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.name)


def sentences(context):
    """Split the README of a context into its sentences, by their first words."""
    text = (context / "README.md").read_text().partition("\n")[2]
    parts = re.split(rf"(?:^|(?<=\s))({'|'.join(reversed(SENTENCES))})\b:?", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def named(sentence):
    return NAMES & set(re.findall(r"\w+", sentence))


@each_context
def test_has_only_known_files(context):
    strange = {
        path.name for path in context.iterdir() if path.name.removesuffix(".py") not in FURNITURE
    }
    assert strange - FURNITURE == set()


@each_context
def test_readme_says_four_things(context):
    assert list(sentences(context)) == SENTENCES


@each_context
def test_readme_names_whom_it_asks(context):
    assert named(sentences(context)["Asks"]) == asks(context)


@each_context
def test_readme_names_who_asks(context):
    askers = {other.name for other in CONTEXTS if context.name in asks(other)}
    assert named(sentences(context)["Asked by"]) - {context.name} == askers

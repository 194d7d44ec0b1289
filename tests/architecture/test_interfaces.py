"""What a context offers is small, described in a sentence, and provided by somebody."""

import inspect

import pytest
from django.conf import settings

from commerce.rest.openapi.routes import operations
from commerce.services import registry

each_interface = pytest.mark.parametrize(
    "interface", [registry[name] for name in sorted(registry)], ids=sorted(registry)
)


def test_every_interface_has_a_provider():
    assert set(registry) == set(settings.SERVICES)


def test_every_endpoint_says_what_it_answers():
    silent = [
        operation.path
        for operation in operations()
        if operation.endpoint.terms.method != "DELETE" and not operation.endpoint.terms.answers
    ]
    assert silent == []


@each_interface
def test_every_operation_says_what_it_does(interface):
    offered = [interface, *(vars(interface)[name] for name in interface.operations())]
    assert [each.__qualname__ for each in offered if not inspect.getdoc(each)] == []


@each_interface
def test_interface_fits_in_a_head(interface):
    assert 1 <= len(interface.operations()) <= 13  # about a dozen


@each_interface
def test_refusals_say_what_they_mean(interface):
    assert [error.__name__ for error in interface.errors if not error.__doc__] == []

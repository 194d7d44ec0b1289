"""What may be a fact, and who may act on one."""

from dataclasses import dataclass

import pytest
from apps.bakery.events import LoafOrdered
from apps.bakery.handlers import bake

from commerce.events import Event, on, repeatable_on
from commerce.events.facts import UnknownFact, check, load


def declare(module: str, **fields: type) -> type[Event]:
    """Declare a fact as a class statement in that module would."""
    namespace = {"__module__": module, "__annotations__": fields, "aggregate": "everything"}
    return dataclass(frozen=True)(type("Declared", (Event,), namespace))


def handler(name: str, module: str = "apps.bakery.handlers"):
    def handle(fact: LoafOrdered) -> None: ...

    handle.__qualname__, handle.__module__ = name, module
    return handle


def test_is_named_after_its_context_and_class():
    assert LoafOrdered.name == "bakery.LoafOrdered"


def test_comes_back_from_its_payload():
    assert load("bakery.LoafOrdered", {"customer": "alice"}) == LoafOrdered("alice", 1)


def test_ignores_what_a_newer_publisher_adds():
    payload = {"customer": "alice", "number": 2, "colour": "brown"}
    assert load("bakery.LoafOrdered", payload) == LoafOrdered("alice", 2)


def test_unknown_name_is_said_plainly():
    with pytest.raises(UnknownFact, match=r"bakery\.MillBurnt: no installed context"):
        load("bakery.MillBurnt", {})


@pytest.mark.parametrize("module", ["apps.bakery.models", "commerce.events", "bakery.events"])
def test_lives_in_the_events_of_a_context(module):
    with pytest.raises(TypeError, match=r"belongs in apps\.<context>\.events"):
        declare(module)


def test_name_is_given_once():
    declare("apps.bakery_next_door.events")
    with pytest.raises(TypeError, match=r"bakery_next_door\.Declared is declared twice"):
        declare("apps.bakery_next_door.events")


def test_field_that_loses_something_on_the_wire_is_refused():
    with pytest.raises(TypeError, match="cannot cross a boundary"):
        on(declare("apps.bakery_with_floats.events", weight=float))(handler("weigh"))


def test_forgotten_decorator_is_refused():
    namespace = {"__module__": "apps.bakery_in_a_hurry.events", "aggregate": ""}
    with pytest.raises(TypeError, match="decorate it with @dataclass"):
        check(type("Plain", (Event,), namespace))


def test_consumer_is_registered_once():
    with pytest.raises(TypeError, match="registered twice"):
        on(LoafOrdered)(bake)


@pytest.mark.parametrize("register", [on, repeatable_on])
def test_consumer_lives_in_the_handlers_of_a_context(register):
    with pytest.raises(TypeError, match=r"belongs in apps\.<context>\.handlers"):
        register(LoafOrdered)(handler("bake", "apps.bakery.service"))


def test_queue_without_workers_is_refused():
    with pytest.raises(TypeError, match="no worker reads the queue 'express'"):
        on(LoafOrdered, queue="express")(handler("hurry"))

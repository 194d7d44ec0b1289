"""Every interface is what its `contract.json` says, and what old callers rely on stays."""

import copy
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import pytest

from commerce.services import Service, operation, registry, snapshots
from commerce.services.contract import breaks, snapshot

each_interface = pytest.mark.parametrize(
    "interface", [registry[name] for name in sorted(registry)], ids=sorted(registry)
)


@each_interface
def test_old_callers_are_still_understood(interface):
    assert snapshots.broken(interface) == []


@each_interface
def test_snapshot_tells_the_whole_contract(interface):
    assert snapshots.recorded(interface) == snapshot(interface), "run `make contracts`"


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Balloon:
    """What a balloon seller sells."""

    colour: Colour
    string: int


class Balloons(Service):
    """Sells balloons."""

    name = "balloons"

    @operation
    def blow_up(self, *, child: UUID, colour: Colour) -> Balloon: ...

    @operation
    def let_go(self, *, child: UUID) -> tuple[Balloon, ...]: ...


@pytest.fixture
def before():
    return snapshot(Balloons)


@pytest.fixture
def after(before):
    return copy.deepcopy(before)


def test_losing_an_operation_is_breaking(before, after):
    del after["let_go"]
    assert list(breaks(before, after)) == ["let_go is gone"]


def test_asking_for_more_is_breaking(before, after):
    after["let_go"]["takes"]["fields"]["wind"] = "str"
    assert list(breaks(before, after)) == ["let_go takes always wind"]


def test_giving_less_is_breaking(before, after):
    del after["blow_up"]["gives"]["fields"]["string"]
    assert list(breaks(before, after)) == ["blow_up gives no longer string"]


def test_another_type_is_breaking(before, after):
    after["let_go"]["takes"]["fields"]["child"] = "int"
    assert list(breaks(before, after)) == ["let_go takes child: UUID became int"]


def test_an_unheard_of_answer_is_breaking(before, after):
    after["blow_up"]["gives"]["fields"]["colour"]["choices"].append("green")
    assert len(list(breaks(before, after))) == 1


def test_refusing_a_former_choice_is_breaking(before, after):
    after["blow_up"]["takes"]["fields"]["colour"]["choices"].remove("red")
    assert len(list(breaks(before, after))) == 1


def test_a_change_inside_many_is_noticed(before, after):
    del after["let_go"]["gives"]["many"]["fields"]["colour"]
    assert list(breaks(before, after)) == ["let_go gives no longer colour"]


def test_additions_are_not_breaking(before, after):
    after["pop"] = after["let_go"]
    after["let_go"]["takes"]["fields"]["wind"] = "str"
    after["let_go"]["takes"]["optional"] = ["wind"]
    after["blow_up"]["gives"]["fields"]["sound"] = "str"
    after["blow_up"]["takes"]["fields"]["colour"]["choices"].append("green")
    assert list(breaks(before, after)) == []

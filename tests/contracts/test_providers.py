"""The settings decide who answers, and the caller cannot tell."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import Client

from commerce import clock
from commerce.services import Service, ServiceError, connect, operation, provider, registry, wire
from commerce.services.http import CALLER
from commerce.services.loopback import Loopback
from commerce.services.signature import HEADER, LIFETIME, sign


class NoHelium(ServiceError):
    """The bottle is empty. No balloon was blown up."""

    left: int


class Balloons(Service):
    """Sells balloons."""

    name = "balloons"
    errors = (NoHelium,)

    @operation
    def blow_up(self, *, child: UUID, times: int = 1) -> tuple[UUID, ...]: ...


class BalloonSeller(Balloons):
    """Has helium for three."""

    def blow_up(self, *, child: UUID, times: int = 1) -> tuple[UUID, ...]:
        if times > 3:
            raise NoHelium(left=3)
        return (child,) * times


HERE = f"{__name__}.BalloonSeller"
LOCAL = {"BACKEND": HERE}
LOOPBACK = {"BACKEND": "commerce.services.loopback.Loopback", "PROVIDER": HERE}
alice = uuid4()


@pytest.fixture
def balloons():
    yield connect(Balloons)
    del registry["balloons"]


@pytest.fixture(params=[LOCAL, LOOPBACK], ids=["local", "loopback"])
def sold(request, settings, balloons):
    settings.SERVICES = {"balloons": request.param}
    return balloons


def test_answers_are_the_same_from_everywhere(sold):
    assert sold.blow_up(child=alice, times=2) == (alice, alice)


def test_what_may_be_left_out_takes_its_default(sold):
    assert sold.blow_up(child=alice) == (alice,)


def test_refusals_keep_their_type_and_fields(sold):
    with pytest.raises(NoHelium) as refusal:
        sold.blow_up(child=alice, times=4)
    assert refusal.value.left == 3


def test_nothing_else_is_offered(sold):
    with pytest.raises(AttributeError, match="balloons offers no pop"):
        sold.pop(child=alice)


@pytest.mark.django_db(transaction=True)
def test_refuses_to_ask_inside_a_transaction(sold):
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        sold.blow_up(child=alice)


def test_a_change_of_settings_changes_who_answers(settings, balloons):
    settings.SERVICES = {"balloons": LOCAL}
    assert type(provider(Balloons)) is BalloonSeller
    settings.SERVICES = {"balloons": LOOPBACK}
    assert type(provider(Balloons)) is Loopback


def test_a_service_nobody_provides_is_named(settings, balloons):
    settings.SERVICES = {}
    with pytest.raises(ImproperlyConfigured, match="no entry for 'balloons'"):
        balloons.blow_up(child=alice)


class Door:
    """Knocks at the door through which other processes ask."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def ask(self, route="/services/balloons/blow_up", *, body=None, **headers: str):
        body = wire.encode({"child": alice, "times": 2}) if body is None else body
        signed = {CALLER: "shop", HEADER: sign("shop", route, body)} | headers
        return self.client.post(route, body, content_type="application/json", headers=signed)


@pytest.fixture
def door(client, settings, balloons):
    settings.SERVICES = {"balloons": LOCAL}
    settings.SERVICE_SECRETS = ["new", "old"]
    settings.ROOT_URLCONF = "commerce.services.http"
    return Door(client)


def test_door_answers_a_signed_call(door):
    answer = door.ask()
    assert (answer.status_code, answer.json()) == (200, {"answer": [str(alice)] * 2})


def test_door_passes_refusals_on(door):
    answer = door.ask(body=wire.encode({"child": alice, "times": 4}))
    assert answer.status_code == 422
    assert answer.json() == {"error": "NoHelium", "detail": {"left": 3}}


def test_door_ignores_what_a_newer_caller_says_more(door):
    assert door.ask(body=wire.encode({"child": alice, "colour": "red"})).status_code == 200


@pytest.mark.parametrize("headers", [{CALLER: "stranger"}, {HEADER: "1:guess"}, {HEADER: ""}])
def test_door_turns_a_forged_call_away(door, headers):
    assert door.ask(**headers).status_code == 403


def test_door_turns_an_old_call_away(door, time_machine):
    body, route = b"{}", "/services/balloons/blow_up"
    signature = sign("shop", route, body)
    time_machine.move_to(clock.now() + timedelta(seconds=LIFETIME + 1))
    assert door.ask(body=body, **{HEADER: signature}).status_code == 403


def test_door_accepts_a_secret_that_is_being_replaced(door, settings):
    route, body = "/services/balloons/blow_up", wire.encode({"child": alice})
    settings.SERVICE_SECRETS = ["old"]
    signature = sign("shop", route, body)
    settings.SERVICE_SECRETS = ["new", "old"]
    assert door.ask(body=body, **{HEADER: signature}).status_code == 200


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("/services/balloons/pop", b"{}"),
        ("/services/kites/fly", b"{}"),
        ("/services/balloons/blow_up", b"not json"),
        ("/services/balloons/blow_up", b'{"child": "alice"}'),
        ("/services/balloons/blow_up", b"[]"),
        ("/services/balloons/blow_up", b"{}"),
    ],
)
def test_door_says_what_is_wrong_with_a_bad_call(door, route, body):
    answer = door.ask(route, body=body)
    assert (answer.status_code, answer.json()["error"][:8]) == (400, "bad call")

"""Sales: nobody before the start, and in order of arrival after it."""

import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from apps.stock import store
from apps.stock.domain import tickets
from apps.stock.interface import (
    BadTicket,
    Line,
    NoSale,
    NotStarted,
    OutOfStock,
    Place,
    Standing,
    TooManyPlaces,
    Waiting,
    stock,
)
from apps.stock.service import line
from apps.stock.tests.shelf import ask, commit, free, held, lapse, reserve, tell
from commerce.proof import prove
from commerce.redis import client

pytestmark = pytest.mark.usefixtures("shelf")
PEOPLE = int(os.environ.get("HALLES_TRIAL_TICKETS", "200"))  # T27 asks for 10,000
LATER, BEFORE = timedelta(hours=1), timedelta(hours=-1)


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    line.memory.clear()
    monkeypatch.setattr(store, "TICK", 0)
    yield
    line.memory.clear()


def sell(*skus: str, opens_in: timedelta = BEFORE, pace: int = 1000) -> UUID:
    line.announce("Launch", skus, opens_in, pace)
    return ask("SELECT id FROM stock_sale")[0][0]


def begin(opens_in: timedelta = BEFORE) -> None:
    tell("UPDATE stock_sale SET starts_at = now() + %s", opens_in)
    line.memory.clear()


def line_up(cart: UUID, ticket: str = "", origin: str = "") -> Place:
    return stock.line_up(cart=cart, sku="MUG", ticket=ticket, origin=origin)


def let_in() -> list[UUID]:
    """List who was let in, in the order of their numbers."""
    return [cart for (cart,) in ask("SELECT cart FROM stock_admission ORDER BY number")]


def lose_the_line() -> None:
    for key in client("default").scan_iter("line:*"):
        client("default").delete(key)


def test_nobody_holds_anything_before_the_start(both_ways, alice):
    sell("MUG", opens_in=LATER)
    with pytest.raises(NotStarted) as refusal:
        reserve(alice, MUG=1)
    assert refusal.value.starts_at == ask("SELECT starts_at FROM stock_sale")[0][0]
    with pytest.raises(NotStarted):
        reserve(alice, TEE=1, MUG=1)
    assert held(alice) == {}
    assert free("MUG") == 3
    reserve(alice, TEE=1)


def test_tells_when_a_sale_to_come_begins(both_ways):
    sell("MUG", opens_in=LATER)
    ((starts_at,),) = ask("SELECT starts_at FROM stock_sale")
    there = stock.available(skus=("MUG", "TEE"))
    assert (there["MUG"].starts_at, there["TEE"].starts_at) == (starts_at, None)
    begin()
    assert stock.available(skus=("MUG",))["MUG"].starts_at is None


def test_no_order_gets_goods_before_the_start(alice, order):
    sell("MUG", opens_in=LATER)
    with pytest.raises(OutOfStock) as refusal:
        commit(order, alice, MUG=1)
    assert refusal.value.shortages[0].available == 0
    assert free("MUG") == 3


def test_what_a_cart_had_before_stays_its_own(alice, order):
    reserve(alice, MUG=2)
    sell("MUG", opens_in=LATER)
    reserve(alice, MUG=2)
    with pytest.raises(NotStarted):
        reserve(alice, MUG=3)
    commit(order, alice, MUG=2)
    commit(order, alice, MUG=2)


def test_whoever_was_not_let_in_waits(both_ways, alice, bob):
    sale = sell("MUG", pace=1)
    with pytest.raises(Waiting) as refusal:
        reserve(alice, MUG=1)
    assert (refusal.value.sale, refusal.value.position) == (sale, None)
    assert line_up(bob).standing is Standing.ADMITTED
    reserve(bob, MUG=1)
    assert line_up(alice).standing is Standing.WAITING
    with pytest.raises(Waiting) as refusal:
        reserve(alice, MUG=1)
    assert refusal.value.position == 1


def test_a_sale_without_a_line_is_open_from_its_start(alice):
    sell("MUG", opens_in=LATER)
    tell("UPDATE stock_sale SET lined = false")
    assert line_up(alice).standing is Standing.EARLY
    with pytest.raises(NotStarted):
        reserve(alice, MUG=1)
    begin()
    assert line_up(alice).standing is Standing.OPEN
    reserve(alice, MUG=1)


def test_skus_in_no_sale_have_no_line(alice, django_assert_num_queries):
    stock.available(skus=("TEE",))
    reserve(alice, TEE=1)
    with django_assert_num_queries(1):
        reserve(alice, TEE=1)
    with pytest.raises(NoSale):
        stock.line_up(cart=alice, sku="TEE")


def test_an_admission_ends(alice):
    sell("MUG")
    line_up(alice)
    tell("UPDATE stock_admission SET until = now() - interval '1 second'")
    with pytest.raises(Waiting):
        reserve(alice, MUG=1)


def test_a_pass_is_used_up_when_the_goods_become_an_order(both_ways, alice, order):
    sell("MUG")
    line_up(alice)
    reserve(alice, MUG=1)
    reserve(alice, MUG=2)
    commit(order, alice, MUG=2)
    with pytest.raises(Waiting):
        reserve(alice, MUG=1)
    with pytest.raises(OutOfStock):
        commit(uuid4(), alice, MUG=1)


def test_an_order_told_twice_uses_one_pass_up(alice, order):
    sell("MUG")
    line_up(alice)
    commit(order, alice, MUG=2)
    assert line_up(alice).standing is Standing.ADMITTED  # at the end of the line, where nobody is
    commit(order, alice, MUG=2)
    reserve(alice, MUG=1)


def test_an_order_refused_uses_no_pass_up(alice, order):
    sell("MUG")
    line_up(alice)
    with pytest.raises(OutOfStock):
        commit(order, alice, MUG=4)
    reserve(alice, MUG=1)


def test_whoever_was_refused_may_still_buy_and_counts():
    sell("MUG")
    people = [uuid4() for _ in range(5)]
    for cart in people:
        line_up(cart)
    with pytest.raises(OutOfStock):
        reserve(people[0], MUG=4)
    assert line_up(people[4]).standing is Standing.WAITING
    reserve(people[0], MUG=1)
    stock.count(lines=(Line("MUG", 4),), reference="one more")
    assert line_up(people[4]).standing is Standing.ADMITTED


def test_whoever_was_let_in_stays_in_with_another_cart(both_ways, alice, bob):
    sell("MUG")
    line_up(alice)
    stock.hand_over(cart=alice, to=bob)
    stock.hand_over(cart=alice, to=bob)
    reserve(bob, MUG=1)
    with pytest.raises(Waiting):
        reserve(alice, MUG=1)


def test_two_passes_of_one_shopper_become_one(alice, bob, order):
    sell("MUG")
    line_up(alice)
    line_up(bob)
    stock.hand_over(cart=alice, to=bob)
    assert let_in() == [bob]
    commit(order, bob, MUG=1)
    with pytest.raises(Waiting):
        reserve(bob, MUG=1)


def test_a_pass_used_up_stays_used_up(alice, bob, order):
    sell("MUG")
    line_up(alice)
    commit(order, alice, MUG=1)
    stock.hand_over(cart=alice, to=bob)
    with pytest.raises(Waiting):
        reserve(bob, MUG=1)


def test_the_better_place_goes_with_the_goods(alice, bob):
    sell("MUG", opens_in=LATER)
    line_up(alice, origin="198.51.100.0/24")
    carol, dave = uuid4(), uuid4()
    line_up(carol)
    line_up(bob)
    stock.hand_over(cart=alice, to=bob)
    stock.hand_over(cart=carol, to=dave)
    assert (line_up(bob).position, line_up(dave).position) == (1, 2)
    assert line_up(bob).ticket != line_up(alice).ticket
    stock.hand_over(cart=dave, to=bob)
    assert line_up(bob).position == 1
    begin()
    line_up(bob)
    assert let_in() == [bob, alice]  # who went to the end


def test_whoever_is_in_needs_no_place(alice, bob):
    sell("MUG")
    line_up(alice)
    stock.count(lines=(Line("MUG", 0),), reference="none")
    assert line_up(bob).standing is Standing.WAITING
    stock.hand_over(cart=alice, to=bob)
    assert line_up(bob).standing is Standing.ADMITTED


def test_places_handed_over_count_for_their_network(settings):
    settings.SALE_PLACES_PER_BLOCK = 1
    sell("MUG", opens_in=LATER)
    first, second = uuid4(), uuid4()
    line_up(first, origin="198.51.100.0/24")
    stock.hand_over(cart=first, to=second)
    with pytest.raises(TooManyPlaces):
        line_up(uuid4(), origin="198.51.100.0/24")


def test_a_hundred_tabs_are_one_place(alice, bob):
    sell("MUG", opens_in=LATER)
    assert {line_up(alice).position for _ in range(100)} == {1}
    assert line_up(bob).position == 2


def test_a_block_of_addresses_has_few_places(settings):
    sell("MUG", opens_in=LATER)
    for _ in range(settings.SALE_PLACES_PER_BLOCK):
        line_up(uuid4(), origin="198.51.100.0/24")
    for _ in range(95):
        with pytest.raises(TooManyPlaces):
            line_up(uuid4(), origin="198.51.100.0/24")
    assert line_up(uuid4(), origin="203.0.113.0/24").position == settings.SALE_PLACES_PER_BLOCK + 1


def test_no_more_are_let_in_than_can_still_buy():
    sell("MUG")
    people = [uuid4() for _ in range(10)]
    for cart in people:
        line_up(cart)
    assert let_in() == people[:4]  # three mugs, and one for whoever does not buy


def test_a_place_is_free_again_when_an_admission_ends_unused():
    sell("MUG")
    people = [uuid4() for _ in range(5)]
    for cart in people:
        line_up(cart)
    tell("UPDATE stock_admission SET until = now() WHERE cart = %s", people[0])
    assert line_up(people[4]).standing is Standing.ADMITTED


def test_all_are_told_when_nothing_is_left_and_let_in_when_it_is_back(alice, bob):
    sell("MUG")
    line_up(alice)
    reserve(alice, MUG=3)
    line_up(bob)
    assert line_up(bob).standing is Standing.GONE
    lapse(alice)
    assert line_up(bob).standing is Standing.ADMITTED
    reserve(bob, MUG=3)


def test_whoever_is_away_is_passed_over_and_keeps_the_place(alice, bob, monkeypatch):
    sell("MUG", opens_in=LATER)
    ticket = line_up(alice).ticket
    line_up(bob)
    begin()
    monkeypatch.setattr(store, "AWAY", 200)
    client("default").zadd(key("seen"), {str(alice): 1})
    assert line_up(bob).standing is Standing.ADMITTED
    assert let_in() == [bob]
    line_up(alice, ticket)
    assert let_in() == [alice, bob]


def key(part: str) -> str:
    ((sale,),) = ask("SELECT id FROM stock_sale")
    return f"line:{{{sale}}}:{part}"


def test_a_lost_line_comes_back_with_the_tickets(monkeypatch):
    sell("MUG", opens_in=LATER)
    people = [uuid4() for _ in range(8)]
    held_tickets = {cart: line_up(cart).ticket for cart in people}
    begin()
    line_up(people[0])
    assert let_in() == people[:4]
    lose_the_line()
    monkeypatch.setattr(store, "GATHER", 60_000)
    late = uuid4()
    assert line_up(late).position == 5
    places = {cart: line_up(cart, held_tickets[cart]) for cart in reversed(people[4:])}
    assert [places[cart].position for cart in people[4:]] == [1, 2, 3, 4]
    assert len(let_in()) == 4  # nobody is let in while people come back
    client("default").hset(key("line"), "gather", 0)
    stock.count(lines=(Line("MUG", 100),), reference="more")
    line_up(late)
    assert let_in() == [*people, late]


def test_no_ticket_is_made_up_lent_or_used_again(alice, bob):
    sale = sell("MUG", opens_in=LATER)
    ticket = line_up(alice).ticket
    mine = tickets.claim(sale, bob, 1)
    for forged in [ticket, "1.x", "nothing", "-1.x", tickets.text(2, prove("place", mine))]:
        with pytest.raises(BadTicket):
            line_up(bob, forged)
    line_up(bob)
    begin()
    line_up(alice)
    tell("UPDATE stock_admission SET until = now() WHERE cart = %s", alice)
    stock.count(lines=(Line("MUG", 0),), reference="none")
    carol = uuid4()
    line_up(carol)
    used = line_up(alice, ticket)
    assert used.position > line_up(carol).position


def trial(*, ordered: bool = True) -> tuple[list[UUID], list[UUID], bool]:
    """Let a crowd wait and go in; tell who came, who went in, and whether a position ever grew."""
    stock.count(lines=(Line("MUG", PEOPLE),), reference="enough")
    sell("MUG", opens_in=LATER, pace=100)
    people = [uuid4() for _ in range(PEOPLE)]
    told = {cart: line_up(cart).position for cart in people}
    if not ordered:
        numbers = {str(cart): place for place, cart in enumerate(reversed(people), 1)}
        client("default").zadd(key("waiting"), numbers)
    begin()
    grew, waiting = False, list(people)
    while waiting:
        tell("UPDATE stock_sale SET ticked_at = now() - interval '1 second'")
        line_up(waiting[0])
        gone_in = set(let_in())
        waiting = [cart for cart in waiting if cart not in gone_in]
        for cart in waiting[:: max(1, len(waiting) // 20)]:
            place = line_up(cart)
            grew |= place.standing is Standing.WAITING and place.position > told[cart]
            told[cart] = place.position or 0
    return people, let_in_by_time(), grew


def let_in_by_time() -> list[UUID]:
    return [cart for (cart,) in ask("SELECT cart FROM stock_admission ORDER BY until, number")]


def test_a_crowd_goes_in_by_arrival_and_no_position_grows():
    people, entered, grew = trial()
    assert entered == people
    assert not grew


def test_control_a_line_out_of_order_is_noticed():
    people, entered, grew = trial(ordered=False)
    assert entered != people
    assert grew

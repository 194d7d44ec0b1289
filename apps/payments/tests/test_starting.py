import pytest

from apps.cart.interface import CartOrdered, UnknownCart
from apps.payments.interface import Status, UnknownMethod, UnknownSession, payments
from apps.payments.models import Session
from apps.payments.providers.bank import Bank
from apps.payments.tests.till import DeadBank, cart_of
from commerce import ids
from commerce.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shop(counter, both_ways):
    """Ask the service plainly and through the wire."""


def test_offers_trials_and_invoices_in_both_languages():
    methods = payments.methods(cart=cart_of("10"))
    assert [method.code for method in methods] == [
        *("test", "test-refused", "test-3ds", "test-timeout"),
        "invoice",
    ]
    assert all(method.name["en"] and method.name["fr"] for method in methods)


def test_offers_no_trials_in_earnest(settings):
    settings.TEST_PAYMENTS = False
    assert [method.code for method in payments.methods(cart=cart_of("10"))] == ["invoice"]
    with pytest.raises(UnknownMethod):
        payments.start(cart=cart_of("10"), method="test")


def test_offers_nothing_to_a_cart_that_is_not_there():
    with pytest.raises(UnknownCart):
        payments.methods(cart=ids.new())
    with pytest.raises(UnknownCart):
        payments.start(cart=ids.new(), method="test")


def test_refuses_a_way_to_pay_it_does_not_know():
    with pytest.raises(UnknownMethod) as refusal:
        payments.start(cart=cart_of("10"), method="gold")
    assert refusal.value.method == "gold"


def test_authorises_what_the_cart_costs():
    cart = cart_of("24.90")
    session = payments.start(cart=cart, method="test")
    assert (session.cart, session.status, session.amount) == (
        cart,
        Status.AUTHORISED,
        Money.of("24.90", "EUR"),
    )
    assert payments.session(session=session.id) == session


def test_authorises_what_gift_cards_leave():
    session = payments.start(cart=cart_of("24.90", card="20.00"), method="test")
    assert session.amount == Money.of("4.90", "EUR")


def test_offers_to_pay_nothing_where_nothing_is_left():
    paid, unpaid = cart_of("20.00", card="20.00"), cart_of("20.00", card="19.99")
    for cart, due in ((paid, None), (unpaid, Money.zero("EUR"))):
        assert [method.code for method in payments.methods(cart=cart, due=due)] == ["nothing"]
    for cart, due in ((unpaid, None), (paid, Money.of("4.90", "EUR"))):
        assert "nothing" not in {method.code for method in payments.methods(cart=cart, due=due)}


def test_nothing_pays_for_nothing_alone():
    covered = payments.start(cart=cart_of("20.00", card="20.00"), method="nothing")
    order = ids.new()
    assert covered.status is Status.AUTHORISED
    payments.bind(order=order, cart=covered.cart, session=covered.id, amount=Money.zero("EUR"))
    assert payments.capture(order=order).status is Status.CAPTURED
    refused = payments.start(cart=cart_of("20.00", card="19.99"), method="nothing")
    assert refused.status is Status.REFUSED
    assert refused.reason == "There is something left to pay."


def test_trusts_who_pays_by_invoice():
    assert payments.start(cart=cart_of("10"), method="invoice").status is Status.AUTHORISED


def test_starting_again_finds_the_same_session(banked):
    cart = cart_of("10")
    first = payments.start(cart=cart, method="test")
    assert payments.start(cart=cart, method="test") == first
    assert banked(first) == ["authorisation"]


def test_another_amount_is_another_session():
    cart = cart_of("10")
    first = payments.start(cart=cart, method="test")
    cart_of("12", cart=cart)
    second = payments.start(cart=cart, method="test")
    assert second.id != first.id
    assert second.amount == Money.of("12", "EUR")


def test_refused_payment_says_why_in_the_readers_language():
    session = payments.start(cart=cart_of("10"), method="test-refused")
    assert session.status is Status.REFUSED
    assert session.reason == "The bank has refused the payment. Please try another way to pay."


def test_refused_payment_may_be_tried_again(banked):
    cart = cart_of("10")
    first = payments.start(cart=cart, method="test-refused")
    second = payments.start(cart=cart, method="test-refused")
    assert second.id != first.id
    assert (banked(first), banked(second)) == (["refusal"], ["refusal"])
    assert payments.session(session=first.id).status is Status.REFUSED


def test_payment_that_needs_the_shopper_leads_to_the_bank():
    session = payments.start(cart=cart_of("10", locale="fr"), method="test-3ds")
    assert session.status is Status.ACTION_REQUIRED
    assert session.action_url == f"/fr/payments/bank/{ids.public('pay', session.id)}"


def test_payment_follows_what_the_shopper_tells_the_bank():
    yes = payments.start(cart=cart_of("10"), method="test-3ds")
    no = payments.start(cart=cart_of("10"), method="test-3ds")
    Bank().confirm(Session.objects.get(pk=yes.id).payment)
    Bank().decline(Session.objects.get(pk=no.id).payment)
    confirmed, declined = (payments.session(session=each.id) for each in (yes, no))
    assert (confirmed.status, confirmed.action_url) == (Status.AUTHORISED, None)
    assert (declined.status, bool(declined.reason)) == (Status.REFUSED, True)


def test_first_word_to_the_bank_counts(banked):
    session = payments.start(cart=cart_of("10"), method="test-3ds")
    payment = Session.objects.get(pk=session.id).payment
    Bank().decline(payment)
    Bank().confirm(payment)
    assert banked(session) == ["challenge", "refusal"]


def test_nobody_confirms_what_was_never_asked():
    session = Session.objects.create(
        cart=ids.new(), method="test-3ds", minor=1, currency="EUR", attempt=1, locale="en"
    )
    Bank().confirm(session.payment)
    assert Bank().find(session.payment) is None


def test_lost_answer_leaves_a_payment_pending_until_the_bank_is_asked(banked):
    session = payments.start(cart=cart_of("10"), method="test-timeout")
    assert session.status is Status.PENDING
    assert payments.session(session=session.id).status is Status.AUTHORISED
    assert banked(session) == ["authorisation"]


def test_starting_again_after_a_lost_answer_finds_the_truth(banked):
    cart = cart_of("10")
    first = payments.start(cart=cart, method="test-timeout")
    again = payments.start(cart=cart, method="test-timeout")
    assert (again.id, again.status) == (first.id, Status.AUTHORISED)
    assert banked(first) == ["authorisation"]


def test_request_that_never_arrived_is_made_again(bank, banked):
    bank(DeadBank)
    session = payments.start(cart=cart_of("10"), method="test")
    assert (session.status, banked(session)) == (Status.PENDING, [])
    bank(Bank)
    assert payments.session(session=session.id).status is Status.AUTHORISED


def test_ordered_cart_needs_no_new_payment():
    cart, order = cart_of("10"), ids.new()
    paid = payments.start(cart=cart, method="test")
    cart_of("10", cart=cart, order=order)
    assert payments.start(cart=cart, method="test").id == paid.id
    with pytest.raises(CartOrdered) as refusal:
        payments.start(cart=cart, method="invoice")
    assert refusal.value.order == order


def test_knows_only_sessions_there_are():
    with pytest.raises(UnknownSession):
        payments.session(session=ids.new())

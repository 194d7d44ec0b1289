"""Neighbours that answer at once and fail on demand: other BACKENDs, kept in memory.

`shop` holds everything; `shop.fault("stock.commit", after=True)` makes the next call of an
operation fail, before or after it has had its effect.
"""

import threading
from abc import update_abstractmethods
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction

from apps.cart.interface import Cart, CartLine, CartOrdered, Contents, State, UnknownCart
from apps.customers.interface import Address, Country, Customers, FieldProblem
from apps.media.interface import Download, Media
from apps.payments.events import RefundMade
from apps.payments.interface import (
    AmountDiffers,
    PaymentRefused,
    Payments,
    PaymentUnfinished,
    Refund,
    RefundStatus,
    RefundTooMuch,
    Session,
    Status,
    UnknownSession,
)
from apps.pricing.interface import (
    ClaimUndone,
    CouponAnswer,
    CouponRefused,
    Debit,
    Discount,
    GiftCardRefused,
    Pricing,
    PromotionOver,
    Quote,
    QuoteLine,
    Refusal,
)
from apps.stock.interface import (
    MAIN,
    AlreadyCancelled,
    Availability,
    Destination,
    GoodsMissing,
    Hold,
    Line,
    OutOfStock,
    Part,
    Shortage,
    Stock,
)
from commerce import clock, ids
from commerce.events import publish
from commerce.money import Money
from commerce.services import Service, ServiceUnavailable

from ..domain import parts_needed

ADA = Address(name="Ada Lovelace", line1="12 Dorset St", city="London", country="GB")


class Crash(BaseException):
    """What kill -9 looks like from inside: nobody answers it."""


@dataclass
class Shop:
    """The books of all neighbours."""

    carts: dict[UUID, Contents] = field(default_factory=dict)
    shelf: Counter[str] = field(default_factory=Counter)  # free units
    held: dict[UUID, Counter[str]] = field(default_factory=dict)
    sold: dict[UUID, Counter[str] | None] = field(default_factory=dict)  # None: cancelled
    goals: dict[UUID, Destination | None] = field(default_factory=dict)  # of orders' goods
    here: Counter[str] = field(default_factory=lambda: Counter(MUG=99, PEN=99))  # in the house
    sent: dict[str, Counter[str]] = field(default_factory=dict)  # by reference
    back: dict[str, Counter[str]] = field(default_factory=dict)  # by reference
    coupons: Counter[str] = field(default_factory=Counter)  # uses that are left
    budget: Counter[str] = field(default_factory=Counter)  # cents of promotions and gift cards
    claims: dict[UUID, Counter[str] | None] = field(default_factory=dict)  # None: undone
    sessions: dict[UUID, Session] = field(default_factory=dict)
    bound: dict[UUID, UUID] = field(default_factory=dict)
    restored: set[tuple[str, UUID]] = field(default_factory=set)
    refunds: dict[str, Money] = field(default_factory=dict)  # by key
    voided: set[UUID] = field(default_factory=set)
    captures: list[UUID] = field(default_factory=list)
    files: list[Download] = field(default_factory=list)  # that are sold
    purchases: dict[UUID, tuple[UUID, int, Money, bool]] = field(default_factory=dict)
    known: dict[str, UUID] = field(default_factory=dict)
    faults: dict[tuple[str, bool], list[BaseException]] = field(default_factory=dict)
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)  # before operations
    calls: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fault(self, operation: str, error: BaseException | None = None, *, after: bool = False):
        error = error or ServiceUnavailable(reason="out of order")
        self.faults.setdefault((operation, after), []).append(error)

    def trip(self, operation: str, *, after: bool = False) -> None:
        if not after:
            self.calls.append(operation)
            self.meanwhile.pop(operation, str)()
        if waiting := self.faults.get((operation, after)):
            raise waiting.pop(0)

    def sold_units(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for goods in self.sold.values():
            total.update(goods or {})
        return total


shop = Shop()


def reset() -> Shop:
    """Empty the books in place, so that every holder of `shop` sees it."""
    vars(shop).update(vars(Shop()))
    return shop


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


def cart_line(sku: str, quantity: int, **fields: object) -> CartLine:
    plain = CartLine(
        id=ids.new(),
        sku=sku,
        quantity=quantity,
        name={"en": f"A {sku.lower()}", "fr": f"Un {sku.lower()}"},
        options={},
        slug=sku.lower(),
        picture=None,
        ships=True,
        held_until=None,
    )
    return replace(plain, **fields)


def reduced(plain: Quote, off: str = "2.00") -> Quote:
    """Let SPRING open a promotion that takes something off the first line."""
    first, *others = plain.lines
    lines = (replace(first, total=first.total - euros(off)), *others)
    return replace(
        plain,
        lines=lines,
        subtotal=plain.subtotal - euros(off),
        grand=plain.grand - euros(off),
        discounts=(Discount("spring", "Spring sale", euros(off)),),
        coupons=(CouponAnswer("SPRING"), CouponAnswer("OLD", Refusal.REPLACED)),
    )


def quote(lines: tuple[CartLine, ...], unit: str = "10.00", shipping: str = "4.90") -> Quote:
    price = euros(unit)
    priced = tuple(
        QuoteLine(line.sku, line.quantity, price, price * line.quantity, euros("1.67"), "20")
        for line in lines
    )
    subtotal = sum((line.total for line in priced), euros("0"))
    sending = euros(shipping) if any(line.ships for line in lines) else euros("0")
    return Quote(priced, subtotal, sending, euros("1.67"), subtotal + sending)


def asked_nothing_else(fake: type[Service]) -> type[Service]:
    """Make every other operation one that orders does not ask."""

    def not_asked(self: Service, **arguments: object) -> None:
        raise AssertionError("orders does not ask this")

    for name in fake.__abstractmethods__:
        setattr(fake, name, not_asked)
    return update_abstractmethods(fake)


@asked_nothing_else
class FakeCart(Cart):
    def contents(self, *, cart: UUID) -> Contents:
        shop.trip("cart.contents")
        if cart not in shop.carts:
            raise UnknownCart(cart=cart)
        found = shop.carts[cart]
        held = shop.held.get(cart, Counter())
        wanted = parts_needed((line.sku, line.parts, line.quantity) for line in found.lines)
        lapsed = any(held[each.sku] < each.quantity for each in wanted)
        return replace(found, lines=tuple(replace(line, lapsed=lapsed) for line in found.lines))

    def close(self, *, cart: UUID, order: UUID) -> None:
        shop.trip("cart.close")
        found = shop.carts.get(cart)
        if found is None:
            raise UnknownCart(cart=cart)
        if found.order not in {None, order}:
            raise CartOrdered(cart=cart, order=found.order)
        shop.carts[cart] = replace(found, state=State.ORDERED, order=order)
        shop.trip("cart.close", after=True)


@asked_nothing_else
class FakeCustomers(Customers):
    def check_address(self, *, address: Address, locale: str) -> tuple[FieldProblem, ...]:
        shop.trip("customers.check_address")
        return () if address.city else (FieldProblem("city", "required", "The city is missing."),)

    def check_email(self, *, email: str, locale: str) -> tuple[FieldProblem, ...]:
        shop.trip("customers.check_email")
        if "@" in email:
            return ()
        return (FieldProblem("email", "invalid", "This is no e-mail address."),)

    def countries(self, *, locale: str) -> tuple[Country, ...]:
        return ()

    def recognise(self, *, email: str, name: str, locale: str) -> UUID:
        shop.trip("customers.recognise")
        return shop.known.setdefault(email, ids.new())


@asked_nothing_else
class FakeStock(Stock):
    def available(self, *, skus: tuple[str, ...]) -> dict[str, Availability]:
        shop.trip("stock.available")
        return {sku: Availability(shop.shelf[sku]) for sku in skus}

    def holds(self, *, cart: UUID) -> tuple[Hold, ...]:
        shop.trip("stock.holds")
        held = shop.held.get(cart, Counter())
        return tuple(Hold(sku, quantity, clock.now()) for sku, quantity in held.items())

    def commit(
        self,
        *,
        order: UUID,
        cart: UUID,
        lines: tuple[Line, ...],
        destination: Destination | None = None,
    ) -> None:
        shop.trip("stock.commit")
        shop.goals[order] = destination
        with shop.lock:
            self._commit(order, cart, lines)
        shop.trip("stock.commit", after=True)

    def _commit(self, order: UUID, cart: UUID, lines: tuple[Line, ...]) -> None:
        if order in shop.sold:
            if shop.sold[order] is None:
                raise AlreadyCancelled(order=order)
            return
        held = shop.held.get(cart, Counter())
        wanted = Counter({line.sku: line.quantity for line in lines})
        short = [sku for sku in wanted if wanted[sku] > held[sku] + shop.shelf[sku]]
        if short:
            raise OutOfStock(
                shortages=tuple(
                    Shortage(sku, wanted[sku], held[sku] + shop.shelf[sku]) for sku in short
                )
            )
        for sku, quantity in wanted.items():
            shop.shelf[sku] -= quantity - held.pop(sku, 0)
        shop.sold[order] = wanted

    def ship(self, *, order: UUID, part: Part | None = None) -> None:
        shop.trip("stock.ship")
        with shop.lock:
            if part and part.reference not in shop.sent:
                goods = Counter({line.sku: line.quantity for line in part.lines})
                if goods - shop.here:
                    raise GoodsMissing(order=order)
                shop.sent[part.reference] = goods
                shop.sold[order] = (shop.sold[order] or Counter()) - goods
        shop.trip("stock.ship", after=True)

    def take_back(self, *, lines: tuple[Line, ...], reference: str, location: str = MAIN) -> None:
        shop.trip("stock.take_back")
        with shop.lock:
            if reference not in shop.back:
                shop.back[reference] = Counter({line.sku: line.quantity for line in lines})
                shop.shelf.update(shop.back[reference])
        shop.trip("stock.take_back", after=True)

    def cancel(self, *, order: UUID, part: Part | None = None) -> None:
        shop.trip("stock.cancel")
        with shop.lock:
            if part is None:
                shop.shelf.update(shop.sold.get(order) or {})
                shop.sold[order] = None
            elif part.reference not in shop.back:
                goods = Counter({line.sku: line.quantity for line in part.lines})
                shop.back[part.reference] = goods
                shop.shelf.update(goods)
                shop.sold[order] = (shop.sold[order] or Counter()) - goods
        shop.trip("stock.cancel", after=True)


@asked_nothing_else
class FakePricing(Pricing):
    def claim(
        self,
        *,
        order: UUID,
        coupons: tuple[str, ...],
        customer: UUID | None = None,
        discounts: tuple[Discount, ...] = (),
        cards: tuple[Debit, ...] = (),
    ) -> None:
        shop.trip("pricing.claim")
        with shop.lock:
            given = Counter({each.promotion: each.amount.minor for each in discounts})
            debits = Counter({str(each.card): each.amount.minor for each in cards})
            self._claim(order, Counter(coupons), given, debits)
        shop.trip("pricing.claim", after=True)

    def _claim(
        self, order: UUID, coupons: Counter[str], given: Counter[str], debits: Counter[str]
    ) -> None:
        if order in shop.claims:
            if shop.claims[order] is None:
                raise ClaimUndone(order=order)
            return
        for code in coupons - shop.coupons:
            raise CouponRefused(code=code, refusal=Refusal.USED_UP)
        for promotion in given - shop.budget:
            raise PromotionOver(promotion=promotion)
        for card in debits - shop.budget:
            raise GiftCardRefused(card=UUID(card))
        shop.budget.subtract(debits)
        shop.coupons.subtract(coupons)
        shop.budget.subtract(given)
        shop.claims[order] = coupons + given + debits

    def restore(self, *, order: UUID, key: str, cards: tuple[Debit, ...]) -> None:
        shop.trip("pricing.restore")
        with shop.lock:
            for debit in cards:
                if (key, debit.card) not in shop.restored:
                    shop.restored.add((key, debit.card))
                    shop.budget[str(debit.card)] += debit.amount.minor
                    (shop.claims[order] or Counter())[str(debit.card)] -= debit.amount.minor
        shop.trip("pricing.restore", after=True)

    def record_purchase(
        self, *, order: UUID, customer: UUID, version: int, spent: Money, counts: bool
    ) -> None:
        shop.trip("pricing.record_purchase")
        with shop.lock:
            shop.purchases[order] = (customer, version, spent, counts)

    def unclaim(self, *, order: UUID) -> None:
        shop.trip("pricing.unclaim")
        with shop.lock:
            for name, many in (shop.claims.get(order) or {}).items():
                (shop.coupons if name.isupper() else shop.budget)[name] += many
            shop.claims[order] = None
        shop.trip("pricing.unclaim", after=True)


@asked_nothing_else
class FakeMedia(Media):
    def downloads(self, *, skus: tuple[str, ...]) -> tuple[Download, ...]:
        shop.trip("media.downloads")
        return tuple(each for each in shop.files if each.sku in skus)


@asked_nothing_else
class FakePayments(Payments):
    def session(self, *, session: UUID) -> Session:
        shop.trip("payments.session")
        if session not in shop.sessions:
            raise UnknownSession(session=session)
        return shop.sessions[session]

    def bind(self, *, order: UUID, cart: UUID, session: UUID, amount: Money) -> Session:
        shop.trip("payments.bind")
        found = shop.sessions.get(session)
        if found is None or found.cart != cart or shop.bound.get(order, session) != session:
            raise UnknownSession(session=session)
        if found.status in {Status.ACTION_REQUIRED, Status.PENDING}:
            raise PaymentUnfinished(session=session, action_url=found.action_url)
        if found.status is not Status.AUTHORISED:
            raise PaymentRefused(session=session, reason=found.reason)
        if found.amount != amount:
            raise AmountDiffers(session=session, authorised=found.amount, due=amount)
        shop.bound[order] = session
        shop.trip("payments.bind", after=True)
        return found

    def capture(self, *, order: UUID) -> Session:
        shop.trip("payments.capture")
        found = shop.sessions[shop.bound[order]]
        if found.method == "test" and found.status is Status.AUTHORISED:
            found = replace(found, status=Status.CAPTURED)
            shop.captures.append(order)
        shop.sessions[found.id] = found
        shop.trip("payments.capture", after=True)
        return found

    def settle(self, *, order: UUID) -> Session:
        shop.trip("payments.settle")
        found = shop.sessions[shop.bound[order]]
        if found.status is Status.AUTHORISED:
            shop.captures.append(order)
            found = shop.sessions[found.id] = replace(found, status=Status.CAPTURED)
        return found

    def void(self, *, order: UUID) -> None:
        shop.trip("payments.void")
        if session := shop.bound.get(order):
            shop.sessions[session] = replace(shop.sessions[session], status=Status.VOIDED)
            shop.voided.add(order)
        shop.trip("payments.void", after=True)

    def refund(self, *, order: UUID, amount: Money, key: str, why: str = "") -> Refund:
        shop.trip("payments.refund")
        with shop.lock, transaction.atomic():
            session = shop.sessions[shop.bound[order]]
            if key not in shop.refunds:
                given = sum((each.minor for each in shop.refunds.values()), amount.minor)
                if session.status is not Status.CAPTURED or given > session.amount.minor:
                    raise RefundTooMuch(session=session.id, left=session.amount)
                shop.refunds[key] = amount
                publish(RefundMade(order=order, key=key, amount=amount))
        shop.trip("payments.refund", after=True)
        return Refund(ids.new(), session.id, order, key, amount, RefundStatus.MADE)

"""What tests of the shelf say often."""

from datetime import timedelta
from uuid import UUID

from django.db import connection

from apps.stock.interface import Line, Reservation, stock

TTL = timedelta(minutes=15)


def lines(**quantities: int) -> tuple[Line, ...]:
    return tuple(Line(sku, quantity) for sku, quantity in quantities.items())


def reserve(cart: UUID, **quantities: int) -> Reservation:
    return stock.reserve(cart=cart, lines=lines(**quantities), ttl=TTL)


def commit(order: UUID, cart: UUID, **quantities: int) -> None:
    stock.commit(order=order, cart=cart, lines=lines(**quantities))


def free(sku: str) -> int:
    return stock.available(skus=(sku,))[sku].free


def held(cart: UUID) -> dict[str, int]:
    return {hold.sku: hold.quantity for hold in stock.holds(cart=cart)}


def level(sku: str) -> tuple[int, int, int]:
    """On hand, held and allocated."""
    return ask("SELECT on_hand, held, allocated FROM stock_level WHERE sku = %s", sku)[0]


def lapse(cart: UUID, *, ago: timedelta = timedelta(seconds=1)) -> None:
    """Let time pass for a cart."""
    tell("UPDATE stock_hold SET expires_at = now() - %s WHERE cart = %s", ago, cart)


def drift() -> list[tuple]:
    return ask("SELECT * FROM stock_drift")


def ask(sql: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tell(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)

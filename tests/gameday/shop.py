"""What trials do to the shop of the day, past HTTP and through it."""

import json
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from apps.stock.management.proofs import books
from apps.stock.management.proofs.oversell import CHECK, GUARD
from commerce.proving import load
from commerce.proving.house import House

if TYPE_CHECKING:
    import psycopg

RESERVE = (
    "SELECT quantity FROM stock_reserve"
    "(%s::uuid, %s::text[], %s::integer[], ARRAY['main'], interval '15 minutes')"
)
INTACT = """
SELECT pg_get_functiondef('stock_reserve'::regproc), pg_get_functiondef('stock_plan'::regproc),
    pg_get_constraintdef(oid)
FROM pg_constraint WHERE conname = 'stock_level_never_oversold'
"""
ONE_ORDER = "ORDER BY sku, location FOR NO KEY UPDATE"


@dataclass
class Outcome:
    """What a trial counted, and whether that is what must be."""

    passed: bool
    counts: dict[str, Any] = field(default_factory=dict)


class Shop:
    """The house of the day."""

    def __init__(self, house: House) -> None:
        self.house = house
        parts = urlsplit(house.url)
        self.address = parts.hostname or "", parts.port or 0

    def shelve(self, skus: Iterable[str], units: int) -> None:
        """Put goods on the shelf, for those who do not need a catalogue."""
        with self.house.connect() as truth:
            for sku in skus:
                truth.execute(
                    "INSERT INTO stock_level (sku, location, on_hand) VALUES (%s, 'main', %s)",
                    [sku, units],
                )
                truth.execute(
                    "INSERT INTO stock_movement "
                    "(sku, location, kind, on_hand, allocated, reference) "
                    "VALUES (%s, 'main', 'received', %s, 0, 'gameday')",
                    [sku, units],
                )

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read the truth."""
        with self.house.connect() as truth:
            return truth.execute(sql, parameters).fetchall()

    @contextmanager
    def crowd(self, people: int) -> Any:
        """Give so many people a connection each, and a thread."""
        lines = [self.house.connect() for _ in range(people)]
        try:
            with ThreadPoolExecutor(people) as threads:
                yield threads, lines
        finally:
            for line in lines:
                line.close()

    @contextmanager
    def broken(self, how: str) -> Any:
        """Take a guard out of the shop's database for a while."""
        with self.house.connect() as truth:
            reserve, plan, check = truth.execute(INTACT).fetchone() or ("", "", "")
            if how == "guard":
                truth.execute(CHECK)
                books.spoil(self.house, "stock_reserve", GUARD, "true")
            else:
                books.spoil(self.house, "stock_plan", ONE_ORDER, "FOR NO KEY UPDATE")
        try:
            yield
        finally:
            with self.house.connect() as truth:
                truth.execute(reserve)
                truth.execute(plan)
                if how == "guard":
                    truth.execute(
                        "ALTER TABLE stock_level ADD CONSTRAINT stock_level_never_oversold "
                        f"{check} NOT VALID"
                    )

    def carts(self, count: int) -> list[tuple[str, dict[str, str]]]:
        """Begin carts over HTTP; gives where each one's lines are, and its shopper's headers."""
        found: list[tuple[str, dict[str, str]]] = []

        def heard(status: int, head: bytes, body: bytes) -> None:
            if status == 201:
                made = json.loads(body)
                headers = {"X_Cart_Token": made["token"], "X_Forwarded_For": somewhere()}
                found.append((f"/api/cart/v1/carts/{made['id']}", headers))

        while len(found) < count:
            requests = [self.beginning() for _ in range(count - len(found))]
            load.everybody(self.address, requests, lines=16, heard=heard)
        return found

    def beginning(self) -> bytes:
        """Write the request for a cart."""
        headers = {"X_Api_Key": self.house.key, "X_Forwarded_For": somewhere()}
        return load.request("POST", "/api/cart/v1/carts", b"{}", **headers)


def adding(
    cart: tuple[str, dict[str, str]], sku: str, *, key: str = "", quantity: int = 1
) -> bytes:
    """Write the request that puts something in a cart."""
    body = json.dumps({"sku": sku, "quantity": quantity}).encode()
    headers = cart[1] | {"Idempotency_Key": key or str(uuid4())}
    return load.request("POST", f"{cart[0]}/items", body, **headers)


def reserve(line: "psycopg.Connection[Any]", wanted: dict[str, int]) -> bool:
    """Hold something for a new cart, past HTTP; False if it is sold out."""
    values = [str(uuid4()), list(wanted), list(wanted.values())]
    return all(quantity is not None for (quantity,) in line.execute(RESERVE, values).fetchall())


def somewhere() -> str:
    """Make up an address."""
    return str(IPv4Address(random.randrange(0x0B000000, 0x7E000000)))

"""What trials do to the shop of the day: through its interfaces, over HTTP, and behind its back."""

import json
import random
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from secrets import token_hex
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from apps.catalog.interface import Kind
from apps.stock.management.proofs import books
from apps.stock.management.proofs.oversell import CHECK, GUARD
from apps.stock.models.sales import Sale, SaleItem
from commerce import children, clock, roles
from commerce.environment import ROOT
from commerce.proving import load
from commerce.proving.house import Place
from tests.journeys import partner

RESERVE = """
SELECT quantity FROM stock_reserve(
    %s::uuid, %s::text[], %s::integer[], ARRAY['main'], interval '15 minutes',
    NULL, NULL, ROW(10, 5, '5 min', '30 min')::stock_rules
)
"""
DEFINITIONS = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE starts_with(proname, %s)"
CHECKED = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'stock_level_never_oversold'
"""
Line = psycopg.Connection[Any]
Cart = tuple[str, dict[str, str]]  # where its lines are, and its shopper's headers


@dataclass
class Outcome:
    """What a trial counted, and whether that is what must be."""

    passed: bool
    counts: dict[str, Any] = field(default_factory=dict)


class Premises(Place, Protocol):
    """A place whose roles can be started once more."""

    variables: Mapping[str, str]
    redis: str


class Shop:
    """The shop of the day; this process's own database is the shop's."""

    def __init__(self, place: Premises, address: tuple[str, int] | None = None) -> None:
        self.place = place
        parts = urlsplit(place.url)
        self.address = address or (parts.hostname or "", parts.port or 0)

    def sell(self, sku: str, units: int) -> None:
        """Sell something that needs no sending."""
        partner.sell(sku, units, kind=Kind.VIRTUAL)

    def announce(self, sku: str) -> None:
        """Have it in a sale, which has begun and has no line."""
        sale = Sale.objects.create(name=sku, starts_at=clock.now(), lined=False)
        SaleItem.objects.create(sku=sku, sale=sale)

    def shelve(self, skus: Iterable[str], units: int) -> None:
        """Put goods on the shelf, for those who do not need a catalogue."""
        asked = [list(skus), units]
        with self.place.connect() as truth:
            truth.execute(
                "INSERT INTO stock_level (sku, location, on_hand) "
                "SELECT sku, 'main', %s FROM unnest(%s::text[]) AS sku",
                asked[::-1],
            )
            truth.execute(
                "INSERT INTO stock_movement (sku, location, kind, on_hand, allocated, reference) "
                "SELECT sku, 'main', 'received', %s, 0, 'gameday' FROM unnest(%s::text[]) AS sku",
                asked[::-1],
            )

    def ask(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read the truth."""
        with self.place.connect() as truth:
            return truth.execute(sql, parameters).fetchall()

    def tell(self, sql: str, *parameters: Any) -> None:
        """Change the truth."""
        with self.place.connect() as truth:
            truth.execute(sql, parameters)

    def drift(self, skus: Iterable[str]) -> int:
        """Count the levels that are not what their records add up to."""
        [(count,)] = self.ask("SELECT count(*) FROM stock_drift WHERE sku = ANY(%s)", list(skus))
        return int(count)

    @contextmanager
    def crowd(self, people: int) -> Iterator[tuple[ThreadPoolExecutor, list[Line]]]:
        """Give so many people a connection each, and a thread."""
        lines = [self.place.connect() for _ in range(people)]
        try:
            with ThreadPoolExecutor(people) as threads:
                yield threads, lines
        finally:
            for line in lines:
                line.close()

    @contextmanager
    def spoiled(self, function: str, guard: str, instead: str) -> Iterator[None]:
        """Have something else in the place of a guard for a while."""
        intact = self.ask(DEFINITIONS, function)
        books.spoil(self.place, function, guard, instead)
        try:
            yield
        finally:
            for (definition,) in intact:
                self.tell(definition)

    @contextmanager
    def overselling(self) -> Iterator[None]:
        """Take both guards against overselling out for a while: the condition and the CHECK."""
        [(check,)] = self.ask(CHECKED)
        self.tell(CHECK)
        try:
            with self.spoiled("stock_reserve", GUARD, "true"):
                yield
        finally:
            self.tell(
                "ALTER TABLE stock_level ADD CONSTRAINT stock_level_never_oversold "
                f"{check} NOT VALID"
            )

    @contextmanager
    def without(self, guard: str) -> Iterator["Shop"]:
        """Serve the same shop at another door for a while, with a guard taken out."""
        with roles.listener(0) as door:
            address = door.getsockname()
            command = [
                "tests.gameday.unguarded" if word == "config.asgi" else word
                for word in roles.web(door)
            ]
            served = children.spawn(
                command,
                output=subprocess.DEVNULL,
                variables={**self.place.variables, "HALLES_UNGUARDED": guard},
                keep=[door.fileno()],
                folder=ROOT,
            )
        try:
            other = Shop(self.place, address)
            other.hear(other.beginning())
            yield other
        finally:
            children.end(served, by=signal.SIGTERM, within=10)

    def hear(self, request: bytes) -> tuple[int, Any]:
        """Send one request; gives the status, and the body if there is one."""
        found: list[tuple[int, Any]] = []

        def heard(status: int, head: bytes, body: bytes) -> None:
            found.append((status, json.loads(body) if body.startswith((b"{", b"[")) else None))

        load.everybody(self.address, [request], lines=1, heard=heard)
        return found[-1]

    def carts(self, count: int, *, somewhere: str = "") -> list[Cart]:
        """Begin carts over HTTP, each from an address of its own or all from one."""
        found: list[Cart] = []

        def heard(status: int, head: bytes, body: bytes) -> None:
            if status == 201:
                made = json.loads(body)
                headers = {
                    "X_Cart_Token": made["token"],
                    "X_Forwarded_For": somewhere or anywhere(),
                }
                found.append((f"/api/cart/v1/carts/{made['id']}", headers))

        while len(found) < count:
            requests = [self.beginning() for _ in range(count - len(found))]
            load.everybody(self.address, requests, lines=16, heard=heard)
        return found

    def beginning(self) -> bytes:
        """Write the request for a cart."""
        headers = {"X_Api_Key": self.place.key, "X_Forwarded_For": anywhere()}
        return load.request("POST", "/api/cart/v1/carts", b"{}", **headers)


def adding(cart: Cart, sku: str, *, key: str = "", quantity: Any = 1) -> bytes:
    """Write the request that puts something in a cart."""
    body = json.dumps({"sku": sku, "quantity": quantity}).encode()
    headers = cart[1] | {"Idempotency_Key": key or str(uuid4())}
    return load.request("POST", f"{cart[0]}/items", body, **headers)


def reserve(line: Line, wanted: dict[str, int]) -> bool:
    """Hold something for a new cart, past HTTP; False if it is sold out."""
    values = [str(uuid4()), list(wanted), list(wanted.values())]
    return all(quantity is not None for (quantity,) in line.execute(RESERVE, values).fetchall())


def sized(full: float, scale: float, least: int = 1) -> int:
    """Make a size smaller."""
    return max(least, round(full * scale))


def named() -> str:
    """Make up a SKU."""
    return f"DAY-{token_hex(4).upper()}"


def anywhere() -> str:
    """Make up an address."""
    return str(IPv4Address(random.randrange(0x0B000000, 0x7E000000)))

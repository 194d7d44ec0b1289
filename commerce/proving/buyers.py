"""A process full of buyers, who want one unit each and do not give up: they repeat what failed.

Run as `python -m commerce.proving.buyers`; it is told what to do in one line of JSON, writes a line
for each thing that happened, and ends some time after it is told that the sale is over.
"""

import http.client
import itertools
import json
import queue
import random
import sys
import threading
import time
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

PAUSE = 0.3  # seconds before something that failed is repeated
RETURN = 1.0  # seconds until somebody who found nothing looks again
TIMEOUT = 10.0  # seconds
AGAIN = {429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Sale:
    """Where to buy what; buyers order if `ordering`, else they only keep a unit aside."""

    url: str
    key: str  # publishable
    sku: str
    buyers: int
    threads: int
    ordering: bool


class Shopper:
    """One thread's way to the shop: a connection, and who speaks on it now."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.line = http.client.HTTPConnection(urlsplit(sale.url).netloc, timeout=TIMEOUT)
        self.headers: dict[str, str] = {}

    def buy(self) -> dict[str, Any]:
        """Try to get one unit; says how it ended."""
        address = IPv4Address(random.randrange(0x0B000000, 0x7E000000))
        self.headers = {"X-Api-Key": self.sale.key, "X-Forwarded-For": str(address)}
        begun = self.post("/api/cart/v1/carts", {"currency": "EUR", "locale": "en"})
        if begun["status"] != 201:
            return ended("strange", begun)
        cart = f"/api/cart/v1/carts/{begun['id']}"
        self.headers["X-Cart-Token"] = begun["token"]
        added = self.post(f"{cart}/items", {"sku": self.sale.sku, "quantity": 1})
        if added["status"] != 201:
            return ended("sold out" if added.get("code") == "out-of-stock" else "strange", added)
        if not self.sale.ordering:
            return ended("held", added) | {"until": added["hold"]["expires_at"]}
        ordered = self.order(begun["id"], added["cart"]["version"])
        if ordered["status"] == 202:
            return ended("ordered", ordered)
        self.ask("DELETE", cart, None, {"If-Match": f'"{added["cart"]["version"]}"'})
        return ended("refused", ordered)

    def order(self, cart: str, version: int) -> dict[str, Any]:
        """Pay and order."""
        session = self.post("/api/payments/v1/sessions", {"cart_id": cart, "method": "test"})
        if session["status"] != 201:
            return session
        wish = {
            "cart_id": cart,
            "cart_version": version,
            "expected_total": session["amount"],
            "payment_session": session["id"],
        }
        return self.post("/api/orders/v1/orders", wish)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send something with a key, as often as it takes."""
        return self.ask("POST", path, body, {"Idempotency-Key": str(uuid4())})

    def ask(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        """Repeat a request until somebody answers it."""
        while True:
            try:
                self.line.request(
                    method,
                    path,
                    None if body is None else json.dumps(body),
                    {"Content-Type": "application/json"} | self.headers | headers,
                )
                answer = self.line.getresponse()
                said = json.loads(answer.read() or b"{}")
            except (OSError, http.client.HTTPException, ValueError):
                self.line.close()
                tell({"what": "no answer"})
            else:
                busy = said.get("code") == "idempotency-in-flight"
                if answer.status not in AGAIN and not busy:
                    return {"status": answer.status} | {
                        k: v for k, v in said.items() if k != "status"
                    }
                tell({"what": f"answer {answer.status} {said.get('code', '')}".strip()})
            time.sleep(PAUSE * random.uniform(0.5, 1.5))


def ended(how: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Say how somebody's visit ended."""
    known = {name: answer[name] for name in ("id", "status", "code") if name in answer}
    return {"what": how} | known


def tell(what: dict[str, Any]) -> None:
    """Write a line, whole."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def come(sale: Sale, waiting: "queue.Queue[float]", over: threading.Event) -> None:
    """Take buyers to the shop, one after another, until nobody is left or the sale is over."""
    shopper = Shopper(sale)
    while True:
        try:
            since = waiting.get_nowait()
        except queue.Empty:
            return
        if since and over.is_set():
            continue  # was there, found nothing, and hears that it is over
        time.sleep(max(0.0, since - time.monotonic()))
        visit = shopper.buy()
        tell(visit)
        if visit["what"] not in {"ordered", "held"}:
            waiting.put(time.monotonic() + RETURN)


def main() -> None:
    """Be the buyers that the first line asks for; the second one ends the sale."""
    sale, over = Sale(**json.loads(sys.stdin.readline())), threading.Event()
    waiting: queue.Queue[float] = queue.Queue()
    for _ in itertools.repeat(None, sale.buyers):
        waiting.put(0.0)
    threads = [
        threading.Thread(target=come, args=(sale, waiting, over)) for _ in range(sale.threads)
    ]
    for thread in threads:
        thread.start()
    if sys.stdin.readline():
        over.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()

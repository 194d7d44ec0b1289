"""A stand-in for Stripe: a real HTTP server with books of its own, which can be told to misbehave.

`python -m apps.payments.tests.standin` prints its port. What Stripe documents it does likewise:
idempotency keys, hosted pages, manual capture, refunds, signed notices. Under `/_...` tests look
into its books, act as the shopper, and order faults.
"""

import hashlib
import hmac
import itertools
import json
import re
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

KEY = "sk_test_standin"
ROUTES = [
    ("POST", r"/v1/checkout/sessions", "create_page"),
    ("GET", r"/v1/checkout/sessions/(\w+)", "page"),
    ("POST", r"/v1/checkout/sessions/(\w+)/expire", "expire"),
    ("GET", r"/v1/payment_intents/(\w+)", "intent"),
    ("POST", r"/v1/payment_intents/(\w+)/capture", "capture"),
    ("POST", r"/v1/payment_intents/(\w+)/cancel", "cancel"),
    ("POST", r"/v1/refunds", "refund"),
    ("GET", r"/v1/refunds", "refunds"),
    ("GET", r"/v1/payment_intents", "intents"),
]


class Wrong(Exception):
    """What Stripe answers with an error."""

    def __init__(self, message, status=400, kind="invalid_request_error"):
        super().__init__(message)
        self.status, self.kind = status, kind


class Books:
    """Everything the stand-in knows; one thing happens at a time."""

    def __init__(self):
        self.lock = threading.RLock()
        self.numbers = itertools.count(1)
        self.pages, self.held, self.given, self.answers = {}, {}, {}, {}
        self.faults, self.asked, self.hook = [], [], {}
        self.url, self.failed = "", set()  # keys of failures that are kept

    def name(self, kind):
        return f"{kind}_{next(self.numbers):06d}"

    def create_page(self, form):
        page = {
            "id": self.name("cs_test"),
            "object": "checkout.session",
            "status": "open",
            "payment_intent": None,
            "client_reference_id": form.get("client_reference_id"),
            "metadata": part(form, "metadata"),
            "success_url": form["success_url"],
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "intent_metadata": part(form, "payment_intent_data[metadata]"),
        }
        page["url"] = f"{self.url}/c/pay/{page['id']}"
        self.pages[page["id"]] = page
        return page

    def page(self, form, name):
        return self.expanded(found(self.pages, name))

    def expanded(self, page):
        intent = self.held.get(page["payment_intent"])
        return page | {"payment_intent": intent}

    def expire(self, form, name):
        page = found(self.pages, name)
        if page["status"] != "open":
            raise Wrong("Only open sessions can be expired.")
        page["status"] = "expired"
        return page

    def pay(self, name, outcome):
        """Let the shopper pay on the page; after a refusal it stays open."""
        page = found(self.pages, name)
        if outcome != "pay" or page["status"] != "open":
            return page
        intent = {
            "id": self.name("pi"),
            "object": "payment_intent",
            "status": "requires_capture",
            "amount": page["amount_total"],
            "amount_received": 0,
            "currency": page["currency"],
            "metadata": page["intent_metadata"],
            "created": int(time.time()),
            "captures": 0,
        }
        self.held[intent["id"]] = intent
        page |= {"status": "complete", "payment_intent": intent["id"], "url": None}
        self.pages[name] = page
        self.tell("checkout.session.completed", page)
        return page

    def intent(self, form, name):
        return self.charged(found(self.held, name))

    def charged(self, intent):
        given = sum(each["amount"] for each in self.of(intent["id"]))
        return intent | {"latest_charge": {"object": "charge", "amount_refunded": given}}

    def intents(self, form):
        listed = sorted(self.held.values(), key=lambda intent: intent["id"], reverse=True)
        listed = [self.charged(each) for each in listed]
        if after := form.get("starting_after"):
            listed = [each for each in listed if each["id"] < after]
        most = int(form.get("limit", 10))
        return {
            "object": "list",
            "data": listed[:most],
            "has_more": len(listed) > most,
            "url": "/v1/payment_intents",
        }

    def capture(self, form, name):
        intent = found(self.held, name)
        if intent["status"] != "requires_capture":
            raise Wrong(f"This PaymentIntent has a status of {intent['status']}.")
        taken = int(form.get("amount_to_capture", intent["amount"]))
        intent |= {"status": "succeeded", "amount_received": taken}
        intent["captures"] += 1
        self.held[name] = intent
        self.tell("payment_intent.succeeded", intent)
        return intent

    def cancel(self, form, name):
        intent = found(self.held, name)
        if intent["status"] not in {"requires_capture", "requires_action"}:
            raise Wrong(f"This PaymentIntent has a status of {intent['status']}.")
        intent["status"] = "canceled"
        self.tell("payment_intent.canceled", intent)
        return intent

    def refund(self, form):
        intent = found(self.held, form["payment_intent"])
        before = sum(each["amount"] for each in self.of(intent["id"]))
        if before + int(form["amount"]) > intent["amount_received"]:
            raise Wrong("Refund amount is greater than unrefunded amount on charge.")
        refund = {
            "id": self.name("re"),
            "object": "refund",
            "status": "succeeded",
            "amount": int(form["amount"]),
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "metadata": part(form, "metadata"),
        }
        self.given[refund["id"]] = refund
        self.tell("refund.created", refund | {"metadata": intent["metadata"]})
        return refund

    def of(self, intent):
        mine = [each for each in self.given.values() if each["payment_intent"] == intent]
        return [each for each in mine if each["status"] == "succeeded"]

    def refunds(self, form):
        one = form.get("payment_intent")
        mine = [e for e in self.given.values() if one in {None, e["payment_intent"]}]
        return {"object": "list", "data": mine, "has_more": False}

    def once(self, verb, form, path, key):
        """Answer a key's question once, and repeat the answer."""
        with self.lock:
            told = self.answers.get(key) if key else None
            if told and told[0] != (verb, form, path):
                raise Wrong(
                    "Keys can only be used with the same parameters.", 400, "idempotency_error"
                )
            if told:
                return told[1]
            answer = getattr(self, verb)(form, *path)
            if key:
                self.answers[key] = ((verb, form, path), json.loads(json.dumps(answer)))
            return answer

    def fault(self, verb):
        """Take the next fault that was ordered for a verb."""
        with self.lock:
            for fault in self.faults:
                if fault["verb"] in {verb, "*"} and fault["times"]:
                    fault["times"] -= 1
                    return fault
        return {}

    def tell(self, kind, subject):
        """Say what has happened, as the hook wants it."""
        if not self.hook:
            return
        event = {"id": self.name("evt"), "object": "event", "type": kind}
        body = json.dumps(event | {"data": {"object": subject}}).encode()
        for wait in self.hook["after"]:
            threading.Timer(wait, notify, (self.hook, body)).start()


def notify(hook, body):
    headers = {
        "Content-Type": "application/json",
        "Stripe-Signature": signature(body, hook["secret"]),
    }
    try:
        urllib.request.urlopen(urllib.request.Request(hook["url"], body, headers), timeout=10)
    except OSError as silence:
        sys.stderr.write(f"notice lost: {silence}\n")


def signature(body, secret, at=None):
    """Sign a notice as https://docs.stripe.com/webhooks#verify-manually says."""
    at = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def found(things, name):
    if name not in things:
        raise Wrong(f"No such object: {name}", 404)
    return things[name]


def part(form, name):
    """Read what is written as name[key]=value."""
    return {k[len(name) + 1 : -1]: v for k, v in form.items() if k.startswith(f"{name}[")}


class Door(BaseHTTPRequestHandler):
    """The stand-in's API, its hosted page, and the tests' way in."""

    protocol_version = "HTTP/1.1"
    books = Books()

    def log_message(self, *words):
        """Say nothing."""

    def do_GET(self):
        self.serve("GET", dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.form = body.decode()
        self.serve("POST", dict(parse_qsl(self.form)))

    def serve(self, method, form):
        path = urlsplit(self.path).path
        if path.startswith("/_"):
            return self.control(path)
        if path.startswith("/c/pay/"):
            return self.hosted(method, path.rpartition("/")[2], form)
        for wanted, pattern, verb in ROUTES:
            if wanted == method and (match := re.fullmatch(pattern, path)):
                return self.answer(verb, form, match.groups())
        return self.send(404, {"error": {"type": "invalid_request_error", "message": path}})

    def answer(self, verb, form, path):
        self.books.asked.append(verb)
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self.send(401, {"error": {"type": "invalid_request_error"}})
        fault, key = self.books.fault(verb), self.headers.get("Idempotency-Key")
        time.sleep(fault.get("before", 0))
        if fault.get("kept"):
            self.books.failed.add(key)
        if key in self.books.failed and not fault:
            replayed = {"Idempotent-Replayed": "true"}
            return self.send(500, {"error": {"type": "api_error"}}, replayed)
        if fault.get("status") and not fault.get("done"):
            return self.send(fault["status"], {"error": {"type": "api_error"}})
        try:
            told = self.books.once(verb, form, path, key)
            status = 200
        except Wrong as wrong:
            told, status = {"error": {"type": wrong.kind, "message": str(wrong)}}, wrong.status
        time.sleep(fault.get("after", 0))
        if fault.get("status"):
            return self.send(fault["status"], {"error": {"type": "api_error"}})
        if fault.get("lost"):
            self.close_connection = True
            return None
        return self.send(status, told)

    def hosted(self, method, name, form):
        """Show the page on which a shopper pays, and lead back."""
        with self.books.lock:
            page = found(self.books.pages, name)
            if method == "POST":
                self.books.pay(name, form.get("outcome"))
                return self.send(303, {}, {"Location": page["success_url"]})
        choices = ("pay", "leave")
        buttons = "".join(f'<button name="outcome" value="{c}">{c}</button>' for c in choices)
        return self.send(200, f'<h1>Pay</h1><form method="post">{buttons}</form>')

    def control(self, path):
        books = self.books
        with books.lock:
            if path == "/_faults":
                books.faults = json.loads(self.form)
            elif path == "/_hook":
                books.hook = json.loads(self.form)
            elif path == "/_refund_failed":
                refund = books.given[json.loads(self.form)]
                refund["status"] = "failed"
            told = {
                "intents": list(books.held.values()),
                "refunds": list(books.given.values()),
                "asked": books.asked,
            }
            return self.send(200, told)

    def send(self, status, told, headers=None):
        text = told if isinstance(told, str) else json.dumps(told)
        body = text.encode()
        try:
            self.send_response(status)
            kind = "text/html" if isinstance(told, str) else "application/json"
            for name, value in ({"Content-Type": kind} | (headers or {})).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    server = Server(("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 0), Door)
    Door.books.url = f"http://127.0.0.1:{server.server_port}"
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()

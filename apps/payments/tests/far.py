"""Starts the stand-in for Stripe as a process of its own, and speaks to it behind its back."""

import contextlib
import json
import subprocess
import sys
import urllib.request

from apps.payments.tests import standin
from commerce.environment import ROOT

SECRET, OLD_SECRET = "whsec_new", "whsec_old"


class Far:
    """The stand-in, as tests see it."""

    def __init__(self, url):
        self.url = url
        self.settings = {
            "BACKEND": "apps.payments.providers.stripe.Stripe",
            "KEY": standin.KEY,
            "WEBHOOK_SECRETS": [SECRET, OLD_SECRET],
            "URL": url,
            "TIMEOUT": 1.0,
        }

    @property
    def variables(self):
        """What the environment of a shop says that pays over it."""
        return {
            "STRIPE_SECRET_KEY": standin.KEY,
            "STRIPE_WEBHOOK_SECRETS": f"{SECRET},{OLD_SECRET}",
            "STRIPE_API": self.url,
            "STRIPE_PAGES": self.url,
        }

    def tell(self, path, body):
        """Order something; gives everything it has written down."""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    @property
    def books(self):
        return self.tell("/_books", {})

    def fail(self, verb, times=1, **how):
        """Order a fault: before, after (seconds), status, done, lost."""
        self.tell("/_faults", [{"verb": verb, "times": times, **how}])

    def heal(self):
        self.tell("/_faults", [])

    def hook(self, url, after=(0,)):
        """Have notices sent so many seconds after each thing that happens."""
        self.tell("/_hook", {"url": url, "secret": SECRET, "after": list(after)} if url else {})

    def pay(self, page, outcome="pay"):
        """Act as the shopper on the hosted page; gives where it leads."""
        opener = urllib.request.build_opener(Stay)
        with contextlib.suppress(urllib.error.HTTPError):
            opener.open(page, f"outcome={outcome}".encode(), timeout=10)

    def captures(self):
        """How often, and how much, was taken by payment."""
        return {
            intent["metadata"]["payment"]: (intent["captures"], intent["amount_received"])
            for intent in self.books["intents"]
        }


class Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else."""

    def redirect_request(self, *words):
        return None


@contextlib.contextmanager
def far_away():
    """Run the stand-in for a while."""
    command = [sys.executable, "-m", "apps.payments.tests.standin"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield Far(f"http://127.0.0.1:{process.stdout.readline().strip()}")
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()

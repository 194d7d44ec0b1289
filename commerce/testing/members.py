"""Customers with an account, made over HTTP as anybody makes one: by a link in a mail."""

import re
from dataclasses import dataclass, field

from django.core import mail
from django.test import Client

from commerce.rest.keys import storefront_key

from .facts import deliver_all

API = "/api/customers/v1"
PASSWORD = "blue teapots sing at noon"
LINK = re.compile(r"/account/letter/([^/\s]+)/")


@dataclass(frozen=True)
class Member:
    """Somebody who can sign in, in browsers and in apps."""

    email: str
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def bearer(self) -> dict[str, str]:
        """The header of this customer's app."""
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def browser(self, **cookies: str) -> Client:
        """Sign in on a browser that may carry cookies already."""
        client = Client(headers={"Sec-Fetch-Site": "same-origin"})
        for name, value in cookies.items():
            client.cookies[name] = value
        self.sign_in(client)
        return client

    def sign_in(self, client: Client) -> None:
        """Sign in on a browser of our pages."""
        form = {"email": self.email, "password": PASSWORD}
        answer = client.post("/account/sign-in/", form)
        assert answer.status_code == 302, answer.content


def join(email: str, name: str = "") -> Member:
    """Make an account."""
    client, key = Client(), {"X-Api-Key": storefront_key()}
    client.post(f"{API}/customers", {"email": email}, content_type="application/json", headers=key)
    deliver_all()
    [ticket] = LINK.findall(str(mail.outbox[-1].body))
    chosen = {"password": PASSWORD, "name": name}
    path = f"{API}/password-resets/{ticket}/confirm"
    answer = client.post(path, chosen, content_type="application/json", headers=key)
    return Member(email, answer.json())

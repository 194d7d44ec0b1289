"""A partner with a secret key, as tests of the API need one."""

from uuid import uuid4

from django.test import Client

from commerce.rest import keys

URL = "/api/pricing/v1/"


class Partner:
    """Asks the API of prices with a key of some scopes."""

    def __init__(self, *scopes, name="Agency"):
        self.key = keys.make("sk")
        keys.ensure(name, "sk", self.key, scopes)
        self.client = Client(raise_request_exception=False)

    def ask(self, method, place, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(self.client, method)(
            place if place.startswith("/") else URL + place,
            body,
            content_type=named.pop("Content-Type", "application/json"),
            headers={"Authorization": f"Bearer {self.key}", **named},
        )

    def get(self, place):
        return self.client.get(
            place if place.startswith("/") else URL + place,
            headers={"Authorization": f"Bearer {self.key}"},
        )

    def post(self, place, body=None, key=""):
        return self.ask("post", place, body or {}, Idempotency_Key=key or uuid4().hex)

    def post_lines(self, place, lines):
        named = {"Content_Type": "application/x-ndjson", "Idempotency_Key": uuid4().hex}
        return self.ask("post", place, lines, **named)

    def put(self, place, body, etag):
        return self.ask("put", place, body, If_Match=etag)

    def drop(self, place, etag):
        return self.ask("delete", place, If_Match=etag)

    def patch(self, place, body, etag):
        return self.ask("patch", place, body, If_Match=etag)


def pointers(answer, code):
    """Return what a problem points to, and why."""
    told = answer.json()
    assert told["code"] == code, told
    return {each.get("pointer"): each["code"] for each in told["errors"]}

"""Signing in by tokens: an access token of ten minutes, and a refresh token that is good once."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from commerce.rest import tokens
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError, register
from commerce.rest.shapes import Body

from ..service import passwords, sessions

register(
    "sign-in-refused",
    status=401,
    title="The sign-in is refused",
    text="The e-mail address and the password do not go together, or the refresh token is not good"
    " any more. A refresh token that is used twice ends all tokens of its sign-in.",
)


class Grant(Body, frozen=True):
    """What is shown for the tokens: address and password, or a refresh token."""

    grant_type: Literal["password", "refresh_token"]
    email: Annotated[str, Meta(max_length=254)] = ""
    password: Annotated[str, Meta(max_length=passwords.LONGEST)] = ""
    refresh_token: Annotated[str, Meta(max_length=200)] = ""


class Granted(msgspec.Struct, frozen=True):
    """Tokens as RFC 6749, 5.1, writes them; `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"
    expires_in: int = tokens.LASTS


class Keys(msgspec.Struct, frozen=True):
    """A JWK Set, RFC 7517."""

    keys: list[dict[str, Any]]


@endpoint(
    "POST",
    credentials=("pk",),
    body=Grant,
    limit="login",
    answers={200: Granted},
    problems=("sign-in-refused",),
)
def create(request: ApiRequest, *, body: Grant) -> Reply:
    """Sign in, or go on with a refresh token, which is good once and comes back as another one."""
    try:
        if body.grant_type == "refresh_token":
            return granted(sessions.refreshed(wanted(body, "refresh_token")))
        email, password = wanted(body, "email"), wanted(body, "password")
        return granted(sessions.begin_family(passwords.customer_of(email, password)))
    except passwords.NotRecognised:
        raise Problem("sign-in-refused") from None
    except passwords.TooOften as refusal:
        raise Problem("rate-limited", retry_after=refusal.wait) from None


def wanted(body: Grant, field: str) -> str:
    """Return a field that the grant needs, or refuse."""
    value: str = getattr(body, field)
    if not value:
        raise Problem("body-invalid", errors=[ProblemError(pointer=f"/{field}", code="required")])
    return value


def granted(given: sessions.Tokens) -> Reply:
    """Write tokens, which nobody else may keep."""
    return Reply(200, Granted(given.access, given.refresh))


@endpoint("DELETE", credentials=("cu",))
def end(request: ApiRequest) -> Reply:
    """Sign out: the refresh token is good no more, and the access token for ten minutes at most."""
    assert request.caller.session is not None
    sessions.end(request.caller.session)
    return Reply(204)


@endpoint("GET", credentials=("public",), cache=300, answers={200: Keys})
def jwks(request: ApiRequest) -> Reply:
    """List the keys by which anybody can check access tokens."""
    return Reply(200, Keys([key.jwk() for key in tokens.signing_keys()]))

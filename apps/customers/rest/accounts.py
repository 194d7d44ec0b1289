"""New accounts and forgotten passwords: a mail is on its way, whoever the address belongs to."""

from typing import Annotated

import msgspec
from django.conf import settings
from django.utils.translation import get_language
from msgspec import Meta

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError, register
from commerce.rest.shapes import Body

from ..service import addresses, letters, passwords, sessions
from .tokens import Granted, granted

register(
    "letter-gone",
    status=410,
    title="The link is not good any more",
    text="It was used before, or is older than a day. Ask for another one.",
)
register(
    "password-weak",
    status=422,
    title="The password is too easily guessed",
    text="`errors` says why. Choose another one.",
)


class Whom(Body, frozen=True):
    """Whom to write to, in which language."""

    email: Annotated[str, Meta(max_length=254)]
    locale: str = settings.LANGUAGE_CODE


class Chosen(Body, frozen=True):
    """The new password, and the name of somebody whose name is not known yet."""

    password: Annotated[str, Meta(max_length=passwords.LONGEST)]
    name: Annotated[str, Meta(max_length=200)] = ""


class Sent(msgspec.Struct, frozen=True):
    """The address that a mail goes to; the answer is the same whoever it belongs to."""

    email: str


@endpoint(
    "POST",
    credentials=("pk",),
    body=Whom,
    idempotency="accepted",
    limit="login",
    answers={202: Sent},
    problems=("address-invalid",),
)
def register_account(request: ApiRequest, *, body: Whom) -> Reply:
    """Register: the mail has a link to choose a password, which makes the account."""
    return written_to(body, joining=True)


@endpoint(
    "POST",
    credentials=("pk",),
    body=Whom,
    idempotency="accepted",
    limit="login",
    answers={202: Sent},
    problems=("address-invalid",),
)
def reset(request: ApiRequest, *, body: Whom) -> Reply:
    """Send a link to choose a new password, if the address has bought or registered here."""
    return written_to(body, joining=False)


def written_to(body: Whom, *, joining: bool) -> Reply:
    """Have a letter written, and say no more than that."""
    if body.locale not in dict(settings.LANGUAGES):
        error = ProblemError(pointer="/locale", code="not-offered")
        raise Problem("body-invalid", errors=[error])
    if wrong := addresses.check_email(body.email, get_language() or settings.LANGUAGE_CODE):
        error = ProblemError(pointer="/email", code=wrong[0].code, detail=wrong[0].text)
        raise Problem("address-invalid", errors=[error])
    try:
        letters.ask(email=body.email, locale=body.locale, joining=joining)
    except passwords.TooOften as refusal:
        raise Problem("rate-limited", retry_after=refusal.wait) from None
    return Reply(202, Sent(body.email.strip()))


@endpoint(
    "POST",
    credentials=("pk",),
    body=Chosen,
    limit="login",
    answers={200: Granted},
    problems=("letter-gone", "password-weak"),
)
def confirm(request: ApiRequest, token: str, *, body: Chosen) -> Reply:
    """Choose a password with what stands at the end of a mail's link, and be signed in.

    The link is good once, for a day. Wherever the customer was signed in before he is no more.
    """
    try:
        customer = letters.answer(token, password=body.password, name=body.name)
    except letters.LetterGone:
        raise Problem("letter-gone") from None
    except passwords.TooWeak as refusal:
        told = (ProblemError(pointer="/password", code="weak", detail=r) for r in refusal.reasons)
        raise Problem("password-weak", errors=list(told)) from None
    return granted(sessions.begin_family(customer))

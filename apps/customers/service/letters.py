"""Mails with a link to choose a password: the one way into a new account, and back into an old one.

Nobody learns here whether an address has an account: everybody is told that a mail is on its way,
and only the mail says the rest. Whoever follows the link has shown that the address is his.
"""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from commerce import ids, origin
from commerce.events import publish
from commerce.proof import prove, proves
from commerce.rest import throttles

from ..events import LetterAsked
from ..models import Customer, Letter, Session
from .addresses import spoken
from .passwords import HOUR, TooOften, fingerprint, hashed
from .people import by_email, recognise

GOOD = timedelta(hours=24)
TO_ONE = 5  # letters to one address, in an hour
OF_A_HOUSE = 20  # letters asked for from one connection, in an hour


class LetterGone(Exception):
    """The link has been used, is too old, or was never one."""


def ask(*, email: str, locale: str, joining: bool) -> None:
    """Have a letter written to an address that looks like one.

    An address that gets many is written to no more for a while, which nobody is told. Raises
    TooOften for somebody who asks for many.
    """
    most = OF_A_HOUSE * throttles.times(origin.current.get())
    if wait := throttles.wait(f"letters-of:{origin.house()}", most, HOUR):
        raise TooOften(wait)
    if throttles.wait(f"letters-to:{fingerprint(email)}", TO_ONE, HOUR):
        return
    with transaction.atomic():
        letter = Letter(email=email.strip(), locale=spoken(locale), joining=joining)
        letter.expires_at = Now() + GOOD
        letter.save(force_insert=True)
        publish(LetterAsked(letter=letter.pk))


def send(letter: UUID) -> None:
    """Send a letter; somebody who is unknown and forgot a password gets none."""
    found = Letter.objects.filter(pk=letter).first()
    if found is None:
        return
    customer = by_email(found.email)
    if customer is None and not found.joining:
        found.delete()
        return
    try:
        message(found, known=bool(customer and customer.password)).send()
    except (SMTPResponseException, SMTPRecipientsRefused) as refusal:
        if isinstance(refusal, SMTPResponseException) and refusal.smtp_code < 500:
            raise
        found.delete()


def message(letter: Letter, *, known: bool) -> EmailMessage:
    """Write the mail: a welcome, or the way back into an account."""
    kind = "password" if known else "welcome"
    with translation.override(letter.locale):
        path = reverse("account-letter", args=[ticket(letter.pk)])
        words = {"link": f"{settings.SHOP_URL}{path}", "shop": settings.SHOP_NAME}
        subject = render_to_string(f"customers/mail/{kind}_subject.txt", words)
        body = render_to_string(f"customers/mail/{kind}.txt", words)
    return EmailMessage(subject=" ".join(subject.split()), body=body, to=[letter.email])


def ticket(letter: UUID) -> str:
    """Write what stands in the link."""
    return f"{ids.public('let', letter)}.{prove('letter', letter)}"


def opened(ticket: str) -> Letter:
    """Return the letter that a link is from; raises LetterGone."""
    name, _, proof = ticket.partition(".")
    try:
        letter = ids.parse("let", name)
    except ids.UnknownId:
        raise LetterGone from None
    found = Letter.objects.filter(pk=letter, expires_at__gt=Now()).first()
    if found is None or not proves("letter", letter, proof):
        raise LetterGone
    return found


def is_new(letter: Letter) -> bool:
    """Tell whether answering a letter makes an account."""
    customer = by_email(letter.email)
    return customer is None or not customer.password


def answer(ticket: str, *, password: str, name: str = "") -> UUID:
    """Give the owner of a mailbox an account with this password; returns the customer.

    Wherever he was signed in before he is no more. Raises LetterGone, TooWeak.
    """
    opened(ticket)
    kept = hashed(password)
    with transaction.atomic():
        letter = Letter.objects.select_for_update().filter(pk=opened(ticket).pk).first()
        if letter is None:
            raise LetterGone
        customer = recognise(letter.email, name, letter.locale)
        Customer.objects.filter(pk=customer).update(password=kept, guest=False)
        Session.objects.filter(customer_id=customer).delete()
        Letter.objects.filter(email__iexact=letter.email).delete()
    throttles.forget(f"sign-in:{fingerprint(letter.email)}")
    return customer


def forget() -> None:
    """Drop letters that nobody answered."""
    Letter.objects.filter(expires_at__lte=Now()).delete()

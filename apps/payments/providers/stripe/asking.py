"""Asks Stripe through its own library, and tells silence from an answer."""

import functools
import logging
from collections.abc import Callable
from typing import TypeVar

import stripe

from apps.payments.domain import NoAnswer

CONNECT = 2.0  # seconds
SILENCE = (
    stripe.APIConnectionError,
    stripe.APIError,
    stripe.RateLimitError,
    stripe.AuthenticationError,
    stripe.PermissionError,
)
T = TypeVar("T")


@functools.cache
def connected(key: str, url: str, timeout: float) -> stripe.StripeClient:
    """Return the one client for a key; it never repeats a question by itself."""
    logging.getLogger("stripe").setLevel(logging.WARNING)  # else it tells of every question
    return stripe.StripeClient(
        key,
        base_addresses={"api": url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(CONNECT, timeout)),
    )


def answered(question: Callable[[], T]) -> T:
    """Take everything for silence that leaves open what Stripe has done."""
    try:
        return question()
    except SILENCE as problem:
        raise NoAnswer(type(problem).__name__) from problem


def is_repeated(problem: BaseException | None) -> bool:
    """Tell whether a failure is one that Stripe has kept for a key."""
    headers = problem.headers if isinstance(problem, stripe.StripeError) else None
    return any(name.lower() == "idempotent-replayed" for name in headers or {})

"""Turns exceptions that have a plain answer into problems; the others stay what they are: bugs."""

import redis
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError

from commerce.ids import UnknownId
from commerce.services import ServiceUnavailable

from . import codes  # noqa: F401
from .problems import Problem

RETRY_AFTER = 2  # seconds
NOT_ANSWERING = (
    ServiceUnavailable,
    OperationalError,
    InterfaceError,
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.OutOfMemoryError,
    redis.ReadOnlyError,
)


def problem_of(exception: BaseException) -> Problem | None:
    """Return the problem an exception amounts to, or None when it is a defect of ours."""
    match exception:
        case Problem():
            return exception
        case UnknownId() | Http404():
            return Problem("not-found")
        case PermissionDenied():
            return Problem("forbidden")
        case RequestDataTooBig():
            return Problem("body-too-large")
        case DataError():
            return Problem("body-invalid", detail="A value is too large or too long to be kept.")
        case SuspiciousOperation() | UnreadablePostError():
            return Problem("bad-request")
        case exception if isinstance(exception, NOT_ANSWERING):
            return Problem("unavailable", retry_after=RETRY_AFTER)
    return None

"""Every failure has a plain answer: a problem under /api, a friendly page elsewhere."""

import sys
from http import HTTPStatus

import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from .problems import Problem, respond
from .refusals import problem_of

log = structlog.get_logger("halles.errors")
ANSWERED_BY_DJANGO = (Http404, PermissionDenied, SuspiciousOperation)
PAGES = {400, 403, 404, 500, 503}  # statuses with a template of their own


def is_api(request: HttpRequest) -> bool:
    """Tell whether a program is asking."""
    return request.path_info == "/api" or request.path_info.startswith("/api/")


def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """Answer what a view raised; None leaves it to Django and the handlers below."""
    problem = problem_of(exception)
    if is_api(request):
        return respond(request, problem or defect(request, exception))
    if problem is None or isinstance(exception, ANSWERED_BY_DJANGO):
        return None
    if problem.status >= 500:
        log.warning("unavailable", reason=type(exception).__name__, cause=str(exception))
    return page(request, problem)


def defect(request: HttpRequest, exception: Exception) -> Problem:
    """Report a mistake of ours to whoever listens, and nothing of it to the client."""
    got_request_exception.send(sender=None, request=request)
    log.error("defect", exc_info=exception)
    return Problem("internal-error")


def refuse(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Write a problem for whoever asks: a program or a person."""
    return respond(request, problem) if is_api(request) else page(request, problem)


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Tell a person what happened and what to do; needs neither database nor session."""
    status = problem.status if problem.status in PAGES else HTTPStatus.BAD_REQUEST
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        content = render_to_string(f"errors/{status:d}.html")
    headers = {"Cache-Control": "no-store", **problem.headers}
    return HttpResponse(content, status=problem.status, headers=headers)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django found suspicious (`handler400`)."""
    return refuse(request, problem_of(exception) or Problem("bad-request"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a lack of permission (`handler403`)."""
    return refuse(request, Problem("forbidden"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came without its token (`CSRF_FAILURE_VIEW`)."""
    return refuse(request, Problem("forbidden"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere (`handler404`)."""
    return refuse(request, Problem("not-found"))


def broken(request: HttpRequest) -> HttpResponse:
    """Answer what no view caught (`handler500`): a store that is away, or a defect."""
    cause = sys.exc_info()[1]
    problem = problem_of(cause) if cause else None
    if problem is None:
        log.error("defect", exc_info=cause)
    return refuse(request, problem or Problem("internal-error"))

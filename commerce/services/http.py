"""A provider in another process, and the door through which other processes call this one."""

from typing import Any

import pybreaker
import urllib3
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from commerce import telemetry

from . import Operation, Service, ServiceUnavailable, Stub, deadline, provider, registry, wire
from .signature import HEADER, sign, verify

CALLER = "X-Service-Caller"
LONGEST = 30.0  # seconds an answer may take when the caller names no deadline


class Unanswered(Exception):
    """The other process said nothing usable: counts against its circuit breaker."""


class Remote(Stub):
    """Calls the service at LOCATION. Repeats are safe because operations are repeatable.

    TIMEOUT is in seconds for one call with all its RETRIES; after five failures in a row the
    breaker answers at once for BREAK seconds instead of waiting for a process that is down.
    """

    def __init__(
        self,
        interface: type[Service],
        *,
        LOCATION: str,
        TIMEOUT: float = 1.0,
        RETRIES: int = 2,
        BREAK: float = 5.0,
    ) -> None:
        super().__init__(interface)
        self.location, self.timeout, self.attempts = LOCATION.rstrip("/"), TIMEOUT, RETRIES
        self.errors = {error.__name__: error for error in interface.errors}
        self.breaker = pybreaker.CircuitBreaker(fail_max=5, reset_timeout=BREAK)
        self.pool = urllib3.PoolManager(maxsize=16)

    def call(self, operation: Operation, /, **arguments: Any) -> Any:
        route = f"/services/{self.interface.name}/{operation.name}"
        body = wire.encode(operation.dump_arguments(arguments))
        try:
            response = self.breaker.call(self.post, route, body)
        except (Unanswered, pybreaker.CircuitBreakerError) as problem:
            raise ServiceUnavailable(reason=f"{route}: {problem}") from problem
        answer = wire.decode(response.data)
        if response.status == 200:
            return wire.load(operation.answer, answer["answer"])
        if error := self.errors.get(answer["error"]):
            raise wire.load(error, answer["detail"])
        raise RuntimeError(f"{route}: HTTP {response.status}, {answer['error']}")

    def post(self, route: str, body: bytes) -> urllib3.BaseHTTPResponse:
        """Send a call; raise Unanswered when the time is over or the other side is broken."""
        seconds = deadline.remaining(self.timeout)
        if seconds <= 0:
            raise Unanswered("no time left to ask")
        retries = urllib3.Retry(
            self.attempts,
            allowed_methods=None,
            status_forcelist=[502, 503, 504],
            backoff_factor=0.05,
            backoff_jitter=0.05,
        )
        headers = self.headers(route, body, seconds)
        try:
            response = self.pool.request(
                "POST",
                self.location + route,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(total=seconds / (self.attempts + 1)),
                retries=retries,
            )
        except urllib3.exceptions.HTTPError as problem:
            raise Unanswered(str(problem)) from problem
        if response.status >= 500:
            raise Unanswered(f"HTTP {response.status}")
        return response

    def headers(self, route: str, body: bytes, seconds: float) -> dict[str, str]:
        """Say who asks, until when, on whose behalf, and prove it."""
        caller = settings.PROCESS_NAME
        return {
            "Content-Type": "application/json",
            "traceparent": telemetry.current_traceparent(),
            CALLER: caller,
            deadline.HEADER: f"{seconds:.3f}",
            HEADER: sign(caller, route, body),
        }


@csrf_exempt
@require_POST
def answer(request: HttpRequest, service: str, operation: str) -> HttpResponse:
    """Answer a signed call from another process."""
    caller, given = request.headers.get(CALLER, ""), request.headers.get(HEADER, "")
    if not verify(caller, request.path, request.body, given):
        return reply(403, {"error": "bad signature"})
    try:
        interface = registry[service]
        offered = interface.operations()[operation]
        arguments = offered.load_arguments(wire.decode(request.body))
        seconds = float(request.headers.get(deadline.HEADER, LONGEST))
    except (KeyError, TypeError, ValueError) as problem:
        return reply(400, {"error": f"bad call: {problem!r}"})
    try:
        with deadline.within(seconds):
            value = getattr(provider(interface), operation)(**arguments)
    except interface.errors as refusal:
        detail = wire.dump(type(refusal), refusal)
        return reply(422, {"error": type(refusal).__name__, "detail": detail})
    except ServiceUnavailable as silence:
        return reply(503, {"error": silence.reason})
    return reply(200, {"answer": wire.dump(offered.answer, value)})


def reply(status: int, body: dict[str, Any]) -> HttpResponse:
    """Write an answer in the wire's JSON."""
    return HttpResponse(wire.encode(body), status=status, content_type="application/json")


urlpatterns = [path("services/<slug:service>/<slug:operation>", answer)]

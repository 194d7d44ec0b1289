"""What happened, told once: JSON log lines, metrics, and one request id through every process."""

from .middleware import RequestMiddleware
from .trace import bind, current_traceparent, following, request_id

__all__ = ["RequestMiddleware", "bind", "current_traceparent", "following", "request_id"]

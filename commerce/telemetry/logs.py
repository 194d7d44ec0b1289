"""Log lines as JSON, without secrets and without people in them."""

import logging
import logging.config
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from . import trace

PRIVATE = re.compile(
    r"^request$|token|secret|password|passwd|authorization|cookie|api_?key|signature|e_?mail|phone|address",
    re.IGNORECASE,
)
TRACES = re.compile(
    r"(?P<key>\b[ps]k_)[A-Za-z0-9_-]{8,}"
    r"|(?P<bearer>\bBearer\s+)\S+"
    r"|(?P<login>://[^/\s:@]*:)[^/\s@]+(?=@)"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+",
    re.IGNORECASE,
)
HIDDEN = "[hidden]"


def configure(options: Mapping[str, Any]) -> None:
    """Set up logging (`LOGGING_CONFIG`); `options` is `LOGGING`: {"LEVEL": "INFO"}."""
    shared: list[Processor] = [
        with_request,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.logThreads = logging.logMultiprocessing = False  # in no line; Gunicorn names processes
    logging.config.dictConfig(handlers(shared, options.get("LEVEL", "INFO")))


def handlers(shared: list[Processor], level: str) -> dict[str, Any]:
    """Describe the one handler, to standard error, that every logger ends in."""
    formatter = {
        "()": Formatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide,
            structlog.processors.JSONRenderer(),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": {"()": Stderr, "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"level": "CRITICAL"},  # says less than our own lines, and paths
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # strangers cause it at will
            "django.server": {"level": "ERROR"},
            "urllib3": {"level": "ERROR"},
        },
    }


BLANK = vars(logging.LogRecord("", 0, "", 0, "", None, None))


class Line(logging.LogRecord):
    """A record that is ready but for being written, and names no place in the source."""

    def __init__(self, level: int, line: dict[str, Any], now: datetime) -> None:
        self.__dict__ = BLANK | {
            "name": line["logger"],
            "msg": line,
            "levelno": level,
            "levelname": line["level"].upper(),
            "created": now.timestamp(),
            "msecs": now.microsecond / 1000,
            "process": os.getpid(),
        }


class Stderr(logging.StreamHandler[Any]):
    """Standard error, which sends off every line by itself."""

    def flush(self) -> None: ...


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes lines that are ready as they are; takes everything else through the processors."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as JSON."""
        if isinstance(record, Line):
            return msgspec.json.encode(record.msg).decode()
        return super().format(record)


def write(log: logging.Logger, level: int, event: str, **values: str | float) -> None:
    """Log a line whose values are the kernel's own, at a tenth of what any other line costs.

    What was bound to the request may be anything, and is looked through as ever.
    """
    now = datetime.now(UTC)
    name = logging.getLevelName(level).lower()
    line = dict(values, event=event, logger=log.name, level=name, time=now)
    if request := trace.current.get():
        line |= hide(None, event, request.bound)
        line["request_id"] = request.request
    log.handle(Line(level, line, now))


def with_request(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
    """Add what is bound to the request being answered."""
    return {**trace.bound(), **line}


def hide(logger: WrappedLogger, method: str, line: Mapping[str, Any]) -> dict[str, Any]:
    """Blank out credentials and personal data, by the name of a value and by its looks."""
    return {name: HIDDEN if PRIVATE.search(name) else scrub(value) for name, value in line.items()}


def scrub(value: Any) -> Any:
    """Blank out what looks like a key, a password in a URL or an e-mail address."""
    match value:
        case str():
            return TRACES.sub(
                lambda found: (
                    f"{found[found.lastgroup or 0]}{HIDDEN}" if found.lastgroup else HIDDEN
                ),
                value,
            )
        case dict():
            return {
                name: HIDDEN if PRIVATE.search(str(name)) else scrub(part)
                for name, part in value.items()
            }
        case list() | tuple():
            return [scrub(part) for part in value]
        case _:
            return value

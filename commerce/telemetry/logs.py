"""Log lines as JSON, without secrets and without people in them."""

import logging
import logging.config
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

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
        structlog.contextvars.merge_contextvars,
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
    logging.config.dictConfig(handlers(shared, options.get("LEVEL", "INFO")))


def handlers(shared: list[Processor], level: str) -> dict[str, Any]:
    """Describe the one handler, to standard error, that every logger ends in."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
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
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"level": "CRITICAL"},  # says less than our own lines, and paths
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # strangers cause it at will
            "django.server": {"level": "ERROR"},
            "urllib3": {"level": "ERROR"},
        },
    }


def hide(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
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

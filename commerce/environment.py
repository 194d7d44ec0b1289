"""Settings from the environment: typed, checked once at start, and named when they are wrong."""

import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec

ROOT = Path(__file__).resolve().parent.parent

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$")]
Url = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9+.-]*://")]


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Every variable Halles reads, by its name in lower case."""

    halles_home: Path = ROOT / ".halles"
    halles_role: Name = "web"
    halles_shop_name: str = "Halles"
    halles_seller: str = ""
    halles_url: Url = "http://127.0.0.1:8000"
    halles_services: str = ""
    halles_service_secrets: str = ""
    halles_hosts: str = "localhost,127.0.0.1,[::1]"
    halles_origins: str = ""
    halles_proxies: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    halles_https: bool = False
    halles_metrics_token: str = ""
    halles_limits: bool = True
    halles_postgres_bin: str = ""
    halles_embedded_fsync: bool = True
    halles_hold_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 900
    halles_stock_display: Annotated[str, msgspec.Meta(pattern="^(exact|threshold|flag)$")] = "exact"
    halles_stock_display_threshold: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 10
    halles_outbox_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 7
    halles_order_archive_days: Annotated[int, msgspec.Meta(ge=30, le=36_500)] = 400
    halles_order_recovery_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 30
    halles_download_times: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 5
    halles_download_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 30
    halles_test_payments: bool | None = None
    stripe_secret_key: str = ""
    stripe_webhook_secrets: str = ""
    stripe_api: Url = "https://api.stripe.com"
    stripe_pages: Url = "https://checkout.stripe.com"
    secret_key: str = ""
    secret_key_fallbacks: str = ""
    database_url: str = ""
    redis_url: str = ""
    celery_broker_url: str = ""
    log_level: Annotated[str, msgspec.Meta(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"


def read(variables: Mapping[str, str]) -> Environment:
    """Type the variables; a wrong one raises msgspec.ValidationError with its name in it."""
    known = {
        field: variables[field.upper()]
        for field in Environment.__struct_fields__
        if variables.get(field.upper(), "") != ""
    }
    return msgspec.convert(known, Environment, strict=False, dec_hook=_path)


def _path(kind: type[Path], value: str) -> Path:
    return kind(value)


def refuse(sentence: str) -> NoReturn:
    """Stop the process with one plain sentence instead of a stack trace."""
    sys.exit(f"Halles cannot start: {sentence}")


def load() -> Environment:
    """Read this process's environment, or stop and say which variable is wrong and why."""
    try:
        return read(os.environ)
    except msgspec.ValidationError as problem:
        reason, _, place = str(problem).partition(" - at `$.")
        refuse(f"environment variable {place.rstrip('`').upper()}: {reason.lower()}.")


def words(text: str) -> list[str]:
    """Split a comma separated variable."""
    return [word.strip() for word in text.split(",") if word.strip()]


def lines(text: str) -> tuple[str, ...]:
    """Split a variable whose lines are told apart by bars: "Halles SAS | 1 rue Neuve, Lyon"."""
    return tuple(line.strip() for line in text.split("|") if line.strip())


def services(text: str) -> dict[str, str]:
    """Read "stock=http://stock:8000,search=loopback" into locations by context."""
    pairs = [word.partition("=") for word in words(text)]
    for name, _, location in pairs:
        if not location or not (
            location == "loopback" or location.startswith(("http://", "https://"))
        ):
            refuse(
                f"environment variable HALLES_SERVICES: {name!r} needs a location, "
                "as in stock=http://127.0.0.1:8701 or *=loopback."
            )
    return {name: location for name, _, location in pairs}


def kept_secret(home: Path, name: str) -> str:
    """Return a secret that this checkout made for itself, making it on first use.

    Only for machines where nobody sets SECRET_KEY: the file is readable by its owner alone.
    """
    path, unfinished = home / name, home / f".{name}.{os.getpid()}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(50))
            with suppress(FileExistsError):  # another process was faster
                os.link(unfinished, path)
            unfinished.unlink()
        return path.read_text().strip()
    except OSError as problem:
        refuse(f"cannot write {path}: {problem.strerror}. Set HALLES_HOME to a folder of your own.")

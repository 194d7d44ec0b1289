"""A migrated database for each test process, cloned from a template and cheaply cleaned."""

import functools
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

Connection = psycopg.Connection[Any]

_seed: dict[str, tuple[str, bytes]] = {}  # by table: checksum and rows that migrations made


def prepare() -> None:
    """Make this process's database a fresh copy of one that has every migration."""
    template = f"template_{_fingerprint()}"
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(hashtext('halles.template'))")
        if not _exists(server, template):
            _build(server, template)
        _clone(server, template, str(connection.settings_dict["NAME"]))
    _remember_seed()


@contextmanager
def another(suffix: str) -> Iterator[str]:
    """Make one more migrated database, for a context in a process of its own; gives its URL."""
    own = str(connection.settings_dict["NAME"])
    name = f"{own}_{suffix}"
    with _server() as server:
        _clone(server, f"template_{_fingerprint()}", name)
        try:
            url = urlsplit(os.environ["DATABASE_URL"])
            yield urlunsplit(url._replace(path=f"/{name}"))
        finally:
            _drop(server, name)


def restore() -> None:
    """Empty every table that holds rows, and put back what migrations had put there."""
    cleaner = _cleaner()
    try:
        _restore(cleaner)
    except psycopg.OperationalError:
        if not cleaner.closed:
            raise
        _cleaner.cache_clear()  # a test has ended every session
        _restore(_cleaner())


def leave() -> None:
    """End the session that cleans, after the last test."""
    _cleaner().close()


def _restore(database: Connection) -> None:
    with database.transaction():
        seeded = _checksums(database, list(_seed))
        changed = [name for name, (checksum, _) in _seed.items() if seeded[name] != checksum]
        for name in {*_tables_with_rows(database)} - _seed.keys() | {*changed}:
            database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        for name in changed:
            _load(database, name, _seed[name][1])


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").rglob("*.py")):
            digest.update(str(path.relative_to(app.path)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _build(server: Connection, template: str) -> None:
    """Migrate under another name, so that a template is either whole or not there."""
    for name in _names(server, "template\\_%"):
        _drop(server, name)
    _drop(server, "unfinished")
    server.execute("CREATE DATABASE unfinished")
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "unfinished"
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    server.execute(
        sql.SQL("ALTER DATABASE unfinished RENAME TO {}").format(sql.Identifier(template))
    )


def _clone(server: Connection, template: str, name: str) -> None:
    _drop(server, name)
    server.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template)
        )
    )


def _drop(server: Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _exists(server: Connection, name: str) -> bool:
    return bool(_names(server, name.replace("_", "\\_")))


def _names(server: Connection, pattern: str) -> list[str]:
    rows = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
    return [name for (name,) in rows]


def _remember_seed() -> None:
    with _database() as database:
        tables = _tables_with_rows(database)
        checksums = _checksums(database, tables)
        _seed.update({name: (checksums[name], _dump(database, name)) for name in tables})


def _tables_with_rows(database: Connection) -> list[str]:
    used = database.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
    ).fetchall()
    if not used:
        return []
    has_rows = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name))
        for (name,) in used
    )
    return [name for (name,) in database.execute(has_rows)]


def _checksums(database: Connection, tables: list[str]) -> dict[str, str]:
    """Fingerprint the rows of tables; an empty one has the checksum ''."""
    if not tables:
        return {}
    query = sql.SQL(" UNION ALL ").join(
        sql.SQL(
            "SELECT {}, coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"
        ).format(name, sql.Identifier(name))
        for name in tables
    )
    return dict(database.execute(query).fetchall())


def _dump(database: Connection, table: str) -> bytes:
    copy = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with database.cursor() as cursor, cursor.copy(copy) as rows:
        return b"".join(bytes(row) for row in rows)


def _load(database: Connection, table: str, rows: bytes) -> None:
    copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with database.cursor() as cursor, cursor.copy(copy) as target:
        target.write(rows)


@functools.cache
def _cleaner() -> Connection:
    """Connect once for all tests: a new session would plan each of its long queries anew."""
    database = psycopg.connect(_address(connection.settings_dict["NAME"]), autocommit=True)
    database.execute("SET lock_timeout = '10s'")
    database.execute("SET session_replication_role = replica")  # no foreign key checks
    return database


def _server() -> Connection:
    return psycopg.connect(_address("postgres"), autocommit=True)


def _database() -> Connection:
    return psycopg.connect(_address(connection.settings_dict["NAME"]))


def _address(name: str) -> str:
    known = connection.settings_dict
    return make_conninfo(
        host=known["HOST"],
        port=known["PORT"] or None,
        user=known["USER"] or None,
        password=known["PASSWORD"] or None,
        dbname=name,
    )

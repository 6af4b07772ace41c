"""Which database is ours, and can we work with it? SERVEWELL_DATABASE_URL names one; else it is the embedded one.

Imports neither Django nor our settings, so that it can look before either is loaded.
"""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from servewell.site import embedded_postgres
from servewell.site.embedded_postgres import folder
from servewell.site.errors import (
    DatabaseMissing,
    DatabaseOld,
    DatabaseRefused,
    DatabaseUnreachable,
    DatabaseUrlWrong,
    VectorMissing,
    VectorNotAllowed,
    VectorOld,
)

LEAST_POSTGRES = 16
LEAST_VECTOR = (0, 7)
PATIENCE = 5  # seconds until a host counts as unreachable
NOWHERE = "postgresql://servewell@127.0.0.1:1/servewell"  # where nothing listens: settings can load without a database


def configured() -> str | None:
    """Return the database that the administrator named, if any."""
    return os.environ.get("SERVEWELL_DATABASE_URL") or None


def is_there(data: Path) -> bool:
    """Is there a database to ask, or would `ready` make one?"""
    return configured() is not None or (folder.cluster(data) / "PG_VERSION").exists()


@contextmanager
def ready(data: Path) -> Iterator[str]:
    """Yield the URL of a database that takes connections and fits; the embedded one runs for the block.

    Raises SiteError with one sentence.
    """
    named = configured()
    if named:
        check(named)
        yield named
        return
    with embedded_postgres.running(data) as server:
        check(server.url)
        yield server.url


def check(url: str) -> None:
    """Refuse a database that cannot be reached, is too old or has no fitting pgvector; switch pgvector on."""
    with connect(url) as connection:
        refuse_old_server(connection.info.server_version)
        found = connection.execute(
            "select default_version, installed_version from pg_available_extensions where name = 'vector'"
        ).fetchone()
        refuse_old_vector(*(found or (None, None)))
        if not (found and found[1]):
            _switch_on_vector(connection)


def connect(url: str) -> "psycopg.Connection[Any]":
    """Return an autocommit connection; what the driver says on failure becomes one of our sentences."""
    place = describe(url)
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=PATIENCE)
    except psycopg.OperationalError as error:
        raise _refusal(place, error) from error


def describe(url: str) -> dict[str, str]:
    """Return host, port, user and database of a URL, never its password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise DatabaseUrlWrong() from error
    if not str(parts.get("port") or 5432).replace(",", "").isdigit():
        raise DatabaseUrlWrong()
    return {
        "host": str(parts.get("host") or "localhost"),
        "port": str(parts.get("port") or 5432),
        "user": str(parts.get("user") or ""),
        "database": str(parts.get("dbname") or parts.get("user") or ""),
    }


def refuse_old_server(number: int) -> None:
    """`number` as PostgreSQL reports it: 160004 is 16.4."""
    if number < LEAST_POSTGRES * 10000:
        raise DatabaseOld(found=f"{number // 10000}.{number % 10000}", least=LEAST_POSTGRES)


def refuse_old_vector(available: str | None, installed: str | None) -> None:
    """Both as in pg_available_extensions; an installed one that is old can be updated by the administrator."""
    version = installed or available
    if version is None:
        raise VectorMissing(least=".".join(map(str, LEAST_VECTOR)))
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_VECTOR:
        raise VectorOld(found=version, least=".".join(map(str, LEAST_VECTOR)))


def django_settings(data: Path, *, pool: int | None) -> dict[str, Any]:
    """Return Django's DATABASES; `pool` is the most connections one process may hold, None for no pool."""
    parts = dict(conninfo_to_dict(configured() or embedded_postgres.address(data) or NOWHERE))
    options: dict[str, Any] = {"connect_timeout": PATIENCE, "prepare_threshold": 5}  # for base.statements.prepared
    if pool:
        waits = {"timeout": 10, "max_idle": 120, "reconnect_timeout": 3}
        options["pool"] = {"min_size": 1, "max_size": pool, "connection_class": Pooled, **waits}
    settings = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", None) or "servewell",
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_HEALTH_CHECKS": True,  # a pool would hand out dead connections after a restart of PostgreSQL
        "OPTIONS": {**parts, **options},
    }
    return {"default": settings}


class Pooled(psycopg.Connection[Any]):
    """A connection in a pool. The pool checks each that it hands out by an empty statement: here it seldom is sent.

    A server that goes says so, and its end of the connection closes: there is something to read. Then it is asked.
    """

    def execute(self, query: Any, params: Any = None, **how: Any) -> "psycopg.Cursor[Any]":
        """Execute a statement; the empty one only where the server was not silent since the last."""
        if query == "" and not self._has_something_to_read():
            return self.cursor()
        return super().execute(query, params, **how)

    def _has_something_to_read(self) -> bool:
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLIN | select.POLLPRI)
        return bool(waiting.poll(0))


def _switch_on_vector(connection: "psycopg.Connection[Any]") -> None:
    try:
        connection.execute("create extension if not exists vector")
    except psycopg.errors.InsufficientPrivilege as error:
        raise VectorNotAllowed() from error


def _refusal(place: dict[str, str], error: psycopg.OperationalError) -> Exception:
    """Tell apart, in this order: the password, the database's name, and everything on the way there."""
    said = str(error)
    if "password" in said or "authentication" in said or "no pg_hba.conf entry" in said or "role" in said:
        return DatabaseRefused(**place)
    if "does not exist" in said:
        return DatabaseMissing(**place)
    return DatabaseUnreachable(**place, reason=said.strip().splitlines()[0].rpartition(": ")[2])

"""How do tests get a PostgreSQL? One server a run, a migrated template once, and a copy of it for each worker.

Nothing starts before the first test that wants the database: unit tests never do. All workers of a run share the
server of one folder (`SERVEWELL_TEST_SERVER`), that whoever comes first starts and whoever leaves last stops.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

TEMPLATE = "servewell_template"


def prepare_environment() -> None:
    """Point Servewell to folders of this run, before its settings are read; they go when this process ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servewell.site.settings")
    if "SERVEWELL_TEST_SERVER" in os.environ:  # a worker: the controller has prepared everything
        return
    run = Path(tempfile.mkdtemp(prefix="servewell-test-"))
    atexit.register(_clean_up, run, os.getpid())
    os.environ["SERVEWELL_TEST_SERVER"] = str(run / "server")
    os.environ["SERVEWELL_DATA"] = str(run / "data")
    os.environ.pop("SERVEWELL_DATABASE_URL", None)
    run.chmod(0o755)  # the user that runs PostgreSQL passes through


@contextmanager
def database(name: str) -> Iterator[str]:
    """Hold the run's server and a fresh copy of the template for the block; yield the copy's URL."""
    from servewell.site import embedded_postgres

    folder = Path(os.environ["SERVEWELL_TEST_SERVER"])
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.start(folder, fast=True)
    try:
        with _alone(folder):
            _ensure_template(server.url)
            copy_template(server.url, name)
        yield make_conninfo(server.url, dbname=name)
        drop(server.url, name)
    finally:
        server.stop()


def copy_template(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}" template "{TEMPLATE}" strategy file_copy')


def drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


def point_django_to(url: str) -> None:
    """Let Django's default connection, and our child processes, use this database."""
    from django.db import connections

    parts = conninfo_to_dict(url)
    os.environ["SERVEWELL_DATABASE_URL"] = url
    connections["default"].close()
    connections.settings["default"].update(
        NAME=parts["dbname"],
        USER=parts.get("user", ""),
        PASSWORD=parts.get("password", ""),
        HOST=parts.get("host", ""),
        PORT=str(parts.get("port", "")),
    )


def filled_tables() -> dict[str, list[str]]:
    """Return the tables that hold rows right after migration, with the ids of those rows: tests leave them there."""
    return {table: _ids(table) for table in _tables() if _value(f'select exists (select 1 from "{table}")')}


def wipe(keep: dict[str, list[str]]) -> None:
    """Delete all rows that a test committed; quicker than TRUNCATE for the few rows that tests write."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # neither guards nor foreign keys stop us
        cursor.execute(";".join(f'delete from "{table}"' for table in _tables() if table not in keep))
        for table, rows in keep.items():
            if rows:
                cursor.execute(f'delete from "{table}" where id::text <> all(%s)', [rows])


def _ensure_template(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone():
            return
        connection.execute("drop database if exists servewell_making with (force)")
        connection.execute("create database servewell_making")
        _migrate(make_conninfo(server, dbname="servewell_making"))
        connection.execute(f'alter database servewell_making rename to "{TEMPLATE}"')


def _migrate(url: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    with psycopg.connect(url, autocommit=True) as own:
        own.execute("create extension if not exists vector")
    point_django_to(url)
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


def _tables() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p') and not relispartition"
        )
        return [row[0] for row in cursor.fetchall()]


def _ids(table: str) -> list[str]:
    """Return the ids of a table's rows as text, none when it has no such column."""
    if not _value(
        f"select exists (select 1 from pg_attribute where attrelid = '{table}'::regclass and attname = 'id')"
    ):
        return []
    return _value(f'select array_agg(id::text) from "{table}"')  # type: ignore[no-any-return]


def _value(sql: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _clean_up(run: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a fork of it
        shutil.rmtree(run, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder.parent / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

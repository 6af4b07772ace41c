"""pg_dump and pg_restore: those that came with us, on any database that we work with."""

import os
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from servewell.site.embedded_postgres.binaries import newest
from servewell.site.errors import DumpFailed, RestoreFailed, SiteError

_EMPTY_SCHEMA = Path(__file__).with_name("sql") / "empty_schema.sql"
_HEAD = 4096  # bytes in which pg_restore's script says its settings, before any data
_NEWER = b"SET transaction_timeout = 0;"  # a setting that servers know since 17; 0 is its default anyway
_KNOWN_SINCE = 17


def dump(url: str, target: Path) -> None:
    """Dump the database in one snapshot, in pg_dump's custom format, into a file that exists."""
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    _run("pg_dump", words, _environment(url), DumpFailed)


def load(dump_file: Path, url: str, workplace: Path) -> None:
    """Replace everything in the database by the dump, in one transaction: all of it or nothing.

    `workplace` is an empty folder that has room for the dump as SQL.
    """
    script, wanted = workplace / "database.sql", workplace / "contents"
    wanted.write_text(_contents_without_extensions(dump_file))
    words = ["--no-owner", "--no-privileges", f"--use-list={wanted}", f"--file={script}", str(dump_file)]
    _run("pg_restore", words, {})
    if _major_of(url) < _KNOWN_SINCE:
        _silence(script)
    words = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run("psql", [*words, f"--file={_EMPTY_SCHEMA}", f"--file={script}"], _environment(url))


def _contents_without_extensions(dump_file: Path) -> str:
    """Return the dump's table of contents; pgvector is there already, and only a superuser could make it."""
    lines = _run("pg_restore", ["--list", str(dump_file)], {}).splitlines()
    return "\n".join(line for line in lines if " EXTENSION " not in line)


def _major_of(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.info.server_version // 10000


def _silence(script: Path) -> None:
    """Make the newer setting a comment, in place and of the same length: only the newest pg_restore reads our dumps."""
    with script.open("r+b") as file:
        at = file.read(_HEAD).find(_NEWER)
        if at >= 0:
            file.seek(at)
            file.write(b"--")


def is_empty(url: str) -> bool:
    """Is there nothing in the database that a restore would destroy: no person, no event?"""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("people_user", "journal_event"):
            found = connection.execute("select to_regclass(%s)", [table]).fetchone()
            if found and found[0] and connection.execute(f"select 1 from {table} limit 1").fetchone():  # noqa: S608
                return False
    return True


def _run(name: str, words: list[str], environment: dict[str, str], failure: type[SiteError] = RestoreFailed) -> str:
    program = str(newest().program(name))
    result = subprocess.run(
        [program, *words],
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise failure(detail=(result.stderr.strip().splitlines() or ["?"])[-1])
    return result.stdout


def _environment(url: str) -> dict[str, str]:
    """Return libpq's environment: a password among the arguments would be seen by everybody on the machine."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    parts = conninfo_to_dict(url)
    named = {names[key]: str(value) for key, value in parts.items() if key in names}
    others = {f"PG{key.upper()}": str(value) for key, value in parts.items() if key.startswith("ssl")}
    return named | others

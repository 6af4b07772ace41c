"""Is this installation well? Each check finds one thing out and, where it is not well, says what to do."""

import importlib.util
import shutil
import socket
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from servewell.apps.base.errors import ServewellError
from servewell.site import database, places, supervisor

GOOD, NOTE, BAD = "good", "note", "bad"  # a note is worth knowing and breaks nothing
LEAST_SPACE, LITTLE_SPACE = 2**30, 5 * 2**30  # bytes free below which it is bad, or worth a note
SILENCE = 60.0  # seconds without a heartbeat after which a worker counts as gone
EXTRAS = {"pyspark": "Spark", "rapidocr": "OCR", "opentelemetry": "OpenTelemetry"}


@dataclass(frozen=True)
class Finding:
    """What one check found: the sentence is `site.doctor.<name>.<state>` with `values`."""

    name: (
        str  # python | folder | space | database | tables | administrator | worker | outbox | workspace | port | extras
    )
    state: str  # GOOD | NOTE | BAD
    values: dict[str, Any] = field(default_factory=dict)
    error: ServewellError | None = None  # its own sentence instead

    def key(self) -> str:
        """Return the text's key."""
        return f"site.doctor.{self.name}.{self.state}"


def examine(host: str, port: int) -> Iterator[Finding]:
    """Run every check, one after the other; the database's are skipped when it cannot be reached."""
    data = places.data()
    yield _python()
    yield from _folder(data)
    yield _workspace()
    yield _extras()
    yield _port(data, host, port)
    try:
        with database.ready(places.prepare(data)) as url:
            yield from _database(url, data)
    except ServewellError as error:
        yield Finding("database", BAD, error=error)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", GOOD if sys.version_info >= (3, 11) else BAD, {"version": found})


def _folder(data: Path) -> Iterator[Finding]:
    try:
        places.prepare(data)
    except ServewellError as error:
        yield Finding("folder", BAD, error=error)
        return
    open_ones = [path for path in _private(data) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    yield Finding("folder", BAD if open_ones else GOOD, {"data": str(data), "open": " ".join(map(str, open_ones))})
    free = shutil.disk_usage(data).free
    state = BAD if free < LEAST_SPACE else NOTE if free < LITTLE_SPACE else GOOD
    yield Finding("space", state, {"gigabytes": f"{free / 2**30:.1f}", "data": str(data)})


def _private(data: Path) -> list[Path]:
    return [path for path in (data, data / "secret.key", data / "postgres.password") if path.exists()]


def _workspace() -> Finding:
    page = Path(__file__).with_name("dist") / "index.html"
    return Finding("workspace", GOOD if page.is_file() else BAD)


def _extras() -> Finding:
    found = [name for module, name in EXTRAS.items() if importlib.util.find_spec(module)]
    missing = [name for module, name in EXTRAS.items() if not importlib.util.find_spec(module)]
    return Finding(
        "extras", NOTE if missing else GOOD, {"found": ", ".join(found) or "-", "missing": ", ".join(missing)}
    )


def _port(data: Path, host: str, port: int) -> Finding:
    if supervisor.running(data):
        return Finding("port", GOOD, {"host": host, "port": port})
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex((host, port)) == 0
    return Finding("port", BAD if taken else NOTE, {"host": host, "port": port})


def _database(url: str, data: Path) -> Iterator[Finding]:
    with psycopg.connect(url, autocommit=True) as connection:
        number = connection.info.server_version
        vector = connection.execute("select extversion from pg_extension where extname = 'vector'").fetchone()
        values = {"version": f"{number // 10000}.{number % 10000}", "vector": vector[0] if vector else "-"}
        place = database.describe(url)
        yield Finding("database", GOOD, values | {"host": place["host"], "port": place["port"]})
        missing = _missing_migrations()
        yield Finding("tables", BAD if missing else GOOD, {"count": missing})
        if not missing:
            yield from _contents(connection, data)


def _missing_migrations() -> int:
    from servewell.site import migrations
    from servewell.site.cli import installation

    installation.set_up_django()
    return len(migrations.pending())


def _contents(connection: "psycopg.Connection[Any]", data: Path) -> Iterator[Finding]:
    def number(statement: str) -> float | None:
        row = connection.execute(statement).fetchone()
        return None if row is None or row[0] is None else float(row[0])

    people = number("select count(*) from people_user where role = 'administrator' and is_active")
    visitor = number("select count(*) from people_user where username = 'demo' and is_active")  # a demo needs no more
    yield Finding("administrator", GOOD if people else NOTE if visitor else BAD, {"count": int(people or 0)})
    silent = number("select extract(epoch from now() - max(last_heartbeat)) from procrastinate_workers")
    alive = silent is not None and silent < SILENCE
    state = GOOD if alive else BAD if supervisor.running(data) or database.configured() else NOTE
    yield Finding("worker", state, {"seconds": round(silent or 0)})
    parked = number("select count(*) from base_outgoing where state = 'parked'")
    yield Finding("outbox", NOTE if parked else GOOD, {"count": int(parked or 0)})

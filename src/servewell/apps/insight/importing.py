"""How does a file become a log? It is read, put in order and written into a draft, which appears once it is settled."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from servewell.apps.insight import storage
from servewell.apps.insight.course import Course
from servewell.apps.insight.storage import Facts
from servewell.engines import mining
from servewell.engines.mining import Columns, Connection, Steps, backend, lake, readers
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.tables import fetch_one, moment

MEMORY = "2GB"  # beyond it DuckDB lays aside on disk
SET_ASIDE = "set-aside.csv"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    facts: Facts
    columns: dict[str, Any]  # as given or guessed
    zone: str | None
    set_aside: int  # rows


def bring_in(
    source: Path,
    draft: Path,
    columns: Columns | None,
    course: Course,
    begun: Callable[[Connection], None] = lambda connection: None,
    *,
    options: readers.Options | None = None,
) -> Imported:
    """Import a file into a draft; `begun` is handed the connection, so that it can be interrupted.

    `options`: what the person knows better than the reader.

    Raises MiningError for a bad file or a full disk.
    """
    try:
        storage.begin(draft)
        connection = mining.connect(memory=MEMORY, spill=str(storage.spill()))
        try:
            begun(connection)
            how = replace(options or readers.Options(), set_aside=draft / SET_ASIDE, progress=course.read)
            imported = _written(connection, source, draft, columns, course, how)
        finally:
            connection.disconnect()
        storage.sync(draft)
    except (OSError, duckdb.Error) as error:
        if _is_full(error):
            raise MiningError("disk-full", path=source.name) from error
        raise
    return imported


def facts_of(steps: Steps, **more: Any) -> Facts:
    """Return what is known of a log once it is in order; `more` are the facts only the journal has."""
    cases = steps.cases
    found = fetch_one(
        cases.agg(
            events=cases.steps.sum().fill_null(0),
            cases=cases.count(),
            first=cases.start_us.min(),
            last=cases.end_us.max(),
        )
    )
    first, last = (None if found[name] is None else moment(found[name]) for name in ("first", "last"))
    activities = fetch_one(steps.activities.agg(n=steps.activities.count()))["n"]
    return Facts(int(found["events"]), found["cases"], activities, first, last, **more)


def as_json(columns: Columns) -> dict[str, Any]:
    """Return the columns as they are stored and shown."""
    return {
        "case": columns.case,
        "activity": list(columns.activity),
        "time": columns.time,
        "resource": columns.resource,
    }


def _is_full(error: OSError | duckdb.Error) -> bool:
    """DuckDB names the system's reason in words only."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return os.strerror(errno.ENOSPC) in str(error) or os.strerror(errno.EDQUOT) in str(error)


def _written(  # noqa: PLR0917 - all of it comes from one caller
    connection: Connection, source: Path, draft: Path, columns: Columns | None, course: Course, options: readers.Options
) -> Imported:
    rows, report = readers.read(connection, source, columns, options)
    course.enter("sorting")
    steps = mining.materialise(connection, rows, release=lambda: backend.discard(connection, rows))
    course.enter("writing")
    lake.write(steps, draft)
    facts = facts_of(steps)
    storage.write_facts(draft, facts)
    return Imported(facts, as_json(report.columns), report.zone, report.rows_set_aside)

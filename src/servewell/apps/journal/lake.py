"""Where do closed months lie? In the lake: one Parquet file each, sorted by case, that mining reads without PostgreSQL.

A month is closed a day after its end. Events that come later still are noted by the journal's trigger, and the month
is written again as a new generation. Which generation counts is said in PostgreSQL, so that `read` gives files and
tail of one snapshot: every event once. `manifest.json` beside the files says the same to others.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from servewell.apps.base import clock, direct, statements
from servewell.apps.journal import arrow

_SQL = statements.load(Path(__file__).with_name("statements.sql"))
GRACE = timedelta(days=1)  # after a month's end: what is still under way may come
OLD_KEPT_S = 3600  # an older generation may still be being read
_ROWS = 131_072  # to a row group
_PLAIN = {"id", "occurred_at", "recorded_at", "seq", "amount", "attributes"}  # a dictionary would not pay for these


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole journal at one moment, each event once."""

    files: list[Path]  # closed months, oldest first
    tail: pa.Table  # what stands only in PostgreSQL
    version: str  # changes with each change of the files


@dataclass(frozen=True, slots=True)
class _Month:
    """A month as PostgreSQL knows it."""

    first: date
    generation: int  # 0: closed but not yet written
    events: int
    changed: bool  # late or erased events since it was written

    @property
    def is_written(self) -> bool:
        """Is its file there? One that was lost, e.g. with an old disk, is written again: PostgreSQL has the rows."""
        return self.generation > 0 and path_of(self.first, self.generation).exists()


def read(columns: Sequence[str] | None = None) -> Snapshot:
    """Return the journal as files and tail (with only these columns), consistent with each other."""
    with direct.connect(name="servewell-lake") as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        written = [month for month in _months(connection) if month.is_written]
        batches = list(arrow.batches(connection, _tail_condition([m.first for m in written]), columns=columns))
    tail = pa.Table.from_batches(batches, schema=arrow.chosen(columns))
    version = ",".join(f"{_label(m.first)}.{m.generation}" for m in written)
    return Snapshot([path_of(m.first, m.generation) for m in written], tail, version)


def scan() -> list[Path]:
    """Return the current files, oldest first; together with their tail: `read`."""
    with direct.connect(name="servewell-lake") as connection:
        return [path_of(month.first, month.generation) for month in _months(connection) if month.is_written]


def tail(columns: Sequence[str] | None = None) -> pa.Table:
    """Return the events that no current file holds; together with the files: `read`."""
    return read(columns).tail


def export_closed() -> list[Path]:
    """Write every closed month that is not in the lake, or changed since; return the new files.

    Only one process may do this at a time (see `jobs.maintain`).
    """
    with direct.connect(name="servewell-lake") as connection:
        good = {month.first for month in _months(connection) if month.is_written and not month.changed}
        today = (clock.now() - GRACE).astimezone(UTC).date()
        closed = [first for first in _first_days(connection) if first < today.replace(day=1)]
    written = [_export(first) for first in closed if first not in good]
    if written:
        _write_manifest()
    _remove_old()
    return written


def path_of(first: date, generation: int) -> Path:
    """Return where a generation of a month stands."""
    return folder() / f"{_label(first)}.g{generation}.parquet"


def folder() -> Path:
    """Return the lake's folder of the journal."""
    lake: Path = settings.DATA / "lake" / "journal"
    return lake


def _export(first: date) -> Path:
    """Write a month: 1. have late events noted, 2. copy a snapshot into a new file, 3. make it the one that counts."""
    _close(first)
    bounds = {"first": _start(first), "after": _end(first)}
    with direct.connect(name="servewell-lake") as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read")
        generation = next(month.generation for month in _months(connection) if month.first == first) + 1
        path = path_of(first, generation)
        events = _write(connection, first, path)
        done = {"month": first, "generation": generation, "events": events, "now": clock.now()}
        connection.execute(_SQL["month_written"], done)
        connection.execute(_SQL["no_longer_late"], bounds)
    return path


def _close(first: date) -> None:
    with direct.connect(name="servewell-lake") as connection, connection.transaction():
        connection.execute(f"lock table {_partition(first)} in share mode")
        connection.execute(_SQL["close_month"], {"month": first})


def _write(connection: "psycopg.Connection[Any]", first: date, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        with pq.ParquetWriter(fresh, arrow.SCHEMA, compression="zstd", use_dictionary=_dictionary()) as writer:
            events = _fill(writer, connection, first)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return events


def _fill(writer: pq.ParquetWriter, connection: "psycopg.Connection[Any]", first: date) -> int:
    """Write the month's events in row groups; return how many."""
    held: list[pa.RecordBatch] = []
    events = rows = 0
    for batch in arrow.batches(connection, _between(first), "order by conversation, seq, occurred_at, id"):
        held.append(batch)
        rows += batch.num_rows
        if rows >= _ROWS:
            writer.write_table(pa.Table.from_batches(held))
            events, rows, held = events + rows, 0, []
    writer.write_table(pa.Table.from_batches(held, schema=arrow.SCHEMA))
    return events + rows


def _dictionary() -> list[str]:
    return [name for name in arrow.SCHEMA.names if name not in _PLAIN]


def _write_manifest() -> None:
    with direct.connect(name="servewell-lake") as connection:
        months = [month for month in _months(connection) if month.is_written]
    said = {
        f"{_label(m.first)}": {
            "file": path_of(m.first, m.generation).name,
            "generation": m.generation,
            "events": m.events,
        }
        for m in months
    }
    fresh = folder() / f"manifest.{os.getpid()}.tmp"
    fresh.write_text(json.dumps({"format": 1, "months": said}, indent=1))
    fresh.replace(folder() / "manifest.json")


def _remove_old() -> None:
    """Remove generations that no longer count, and what a dead process left, once nobody can be reading them."""
    current = {path.name for path in scan()} | {"manifest.json"}
    before = clock.now().timestamp() - OLD_KEPT_S
    for file in folder().glob("*"):
        if file.name not in current and file.stat().st_mtime < before:
            file.unlink(missing_ok=True)


def _months(connection: "psycopg.Connection[Any]") -> list[_Month]:
    return [_Month(*row) for row in connection.execute(_SQL["lake_months"]).fetchall()]


def _first_days(connection: "psycopg.Connection[Any]") -> list[date]:
    """Return the months that have a partition with events."""
    partitions = connection.execute(_SQL["months_with_events"]).fetchall()
    return [at.astimezone(UTC).date() for at, name in partitions if _has_rows(connection, name)]


def _has_rows(connection: "psycopg.Connection[Any]", partition: str) -> bool:
    row = connection.execute(f'select exists (select 1 from "{partition}")').fetchone()  # noqa: S608 - our own name
    return bool(row and row[0])


def _tail_condition(written: list[date]) -> str:
    """Return the SQL for what no file holds: the times between the written months, and their late events.

    Plain ranges, so that PostgreSQL does not look into the partitions of written months.
    """
    if not written:
        return "true"
    starts = [_start(first) for first in written]
    ends = [_end(first) for first in written]
    gaps = [f"occurred_at < '{starts[0].isoformat()}'", f"occurred_at >= '{ends[-1].isoformat()}'"]
    gaps += [
        f"(occurred_at >= '{end.isoformat()}' and occurred_at < '{start.isoformat()}')"
        for end, start in zip(ends, starts[1:], strict=False)
        if end < start
    ]
    return f"({' or '.join(gaps)} or {_late(written)})"


def _late(written: list[date]) -> str:
    months = ", ".join(f"'{first.isoformat()}'" for first in written)
    return (
        "(id, occurred_at) in (select event, occurred_at from journal_late"  # noqa: S608 - dates of ours
        f" where date_trunc('month', occurred_at at time zone 'UTC')::date in ({months}))"
    )


def _between(first: date) -> str:
    return f"occurred_at >= '{_start(first).isoformat()}' and occurred_at < '{_end(first).isoformat()}'"


def _start(first: date) -> datetime:
    return datetime(first.year, first.month, 1, tzinfo=UTC)


def _end(first: date) -> datetime:
    year, month = (first.year + 1, 1) if first.month == 12 else (first.year, first.month + 1)
    return datetime(year, month, 1, tzinfo=UTC)


def _partition(first: date) -> str:
    return f"journal_event_{_label(first)}".replace("-", "_")


def _label(first: date) -> str:
    return first.isoformat()[:7]

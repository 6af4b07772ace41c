"""How do rows of text become the table `rows`? The part all readers share.

1. A reader offers a relation of texts (SQL), and says which of its columns is what.
2. `stage` converts it into one table in one pass; the table's own row numbers keep the original order.
3. `unfit` names the rows that lack a case, an activity or a time, or whose names are too long.
4. The reader writes those to the set-aside file; `finish` deletes them.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from ibis.backends.duckdb import Backend

from servewell.engines.mining.columns import ACTIVITY_JOINT, Columns
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import times
from servewell.engines.mining.readers.outcome import MAX_LABEL_BYTES

MISSING_PART = "nan"  # what a missing part of a joined activity is called, as the field's tools do


@dataclass(frozen=True, slots=True)
class Source:
    """A relation of texts, and the SQL expression of each part in it."""

    relation: str  # goes behind FROM
    case: str
    activity: tuple[str, ...]
    time: str  # SQL of a text, or of a UTC timestamp if `time_is_utc`
    resource: str | None
    extra: tuple[tuple[str, str], ...] = ()  # (name, SQL)
    time_is_utc: bool = False

    @classmethod
    def of(cls, relation: str, cells: dict[str, str], columns: Columns, *, time_is_utc: bool = False) -> "Source":
        """Return the source whose columns have the SQL of `cells`, by name."""
        return cls(
            relation=relation,
            case=cells[columns.case],
            activity=tuple(cells[name] for name in columns.activity),
            time=cells[columns.time],
            resource=cells[columns.resource] if columns.resource is not None else None,
            extra=tuple((name, cells[name]) for name in columns.extra),
            time_is_utc=time_is_utc,
        )


def duck(connection: Backend) -> duckdb.DuckDBPyConnection:
    """Return the DuckDB connection inside Ibis's."""
    found: duckdb.DuckDBPyConnection = connection.con
    return found


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def scan(function: str, path: Path, options: str) -> str:
    """Return the SQL that reads one file; signs that DuckDB would take for a pattern of names are escaped."""
    plain = "".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(path))
    return f"{function}({times.literal(plain)}, {options})"


def explained(failed: duckdb.Error, code: str | None, path: Path) -> Exception:
    """Return what DuckDB's failure means to a person; `code` where nothing else is known, None: the failure itself."""
    said = str(failed).lower()
    if any(os.strerror(number).lower() in said for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)):
        return MiningError("disk-full", path=path.name)
    if isinstance(failed, duckdb.OutOfMemoryException):
        return MiningError("out-of-memory", path=path.name)
    return MiningError(code, path=path.name) if code else failed


@contextmanager
def session_zone(con: duckdb.DuckDBPyConnection, zone: str | None) -> Iterator[None]:
    """Make times without a zone those of `zone` for a while. Raises `unknown-zone`."""
    before = _one(con, "SELECT current_setting('TimeZone')")
    try:
        con.execute(f"SET TimeZone = {times.literal(zone or 'UTC')}")
    except duckdb.Error as unknown:
        raise MiningError("unknown-zone", zone=zone) from unknown
    try:
        yield
    finally:
        con.execute(f"SET TimeZone = {times.literal(before)}")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the times of a source are read."""

    zone: str | None  # of times that carry none
    dates: str | None  # `dmy` or `mdy`
    forms: tuple[times.Form, ...]  # that occur in a sample


def stage(con: duckdb.DuckDBPyConnection, source: Source, table: str, reading: Reading) -> None:
    """Convert the relation into a temporary table, in its order; by all forms of time, where the sample's do not do."""
    with session_zone(con, reading.zone):
        for forms in (reading.forms, times.FORMS):
            select = _select(source, replace(reading, forms=forms))
            con.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(table)} AS {select}")
            if not _one(con, f"SELECT exists(SELECT 1 FROM {quoted(table)} WHERE time IS NULL)"):
                return


def unfit(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[int, str]]:
    """Yield (row from 0, reason) of what cannot be taken, in order. The reason `time` still has to be told apart."""
    if not _one(con, f"SELECT count(*) FROM {quoted(table)} WHERE {_REASON} IS NOT NULL"):
        return
    found = con.sql(f"SELECT rowid, {_REASON} FROM {quoted(table)} WHERE {_REASON} IS NOT NULL ORDER BY rowid")
    for batch in found.to_arrow_table().to_batches(max_chunksize=10_000):
        yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)


def finish(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Drop what is unfit and return how many rows are left; their row ids keep the original order."""
    con.execute(f"DELETE FROM {quoted(table)} WHERE {_REASON} IS NOT NULL")
    return int(_one(con, f"SELECT count(*) FROM {quoted(table)}"))


def drop(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Leave nothing behind after a failure."""
    con.execute(f"DROP TABLE IF EXISTS {quoted(table)}")


_NAMES = ('"case"', "activity", "coalesce(resource, '')")
_REASON = (
    "CASE WHEN \"case\" IS NULL THEN 'no-case' WHEN activity IS NULL THEN 'no-activity'"
    + f" WHEN greatest({', '.join(f'strlen({name})' for name in _NAMES)}) > {MAX_LABEL_BYTES} THEN 'too-long'"
    + f" WHEN time IS NULL OR time < '{times.EARLIEST}' OR time >= '{times.LATEST}' THEN 'time' END"
)


def _select(source: Source, reading: Reading) -> str:
    time = source.time
    if not source.time_is_utc:
        time = times.to_utc(time, zone=reading.zone is not None, dates=reading.dates, forms=reading.forms)
    resource = _label(source.resource) if source.resource else "NULL::VARCHAR"
    further = "".join(f", {sql} AS {quoted(name)}" for name, sql in source.extra)
    parts = f'{_label(source.case)} AS "case", {_activity(source.activity)} AS activity, {time} AS time'
    return f"SELECT {parts}, {resource} AS resource{further} FROM {source.relation}"


def _label(text: str) -> str:
    # Only what starts below '!' can be blank; asking that first makes the test free for all others.
    return f"CASE WHEN {text} < '!' AND trim({text}, ' \t\r\n') = '' THEN NULL ELSE {text} END"


def _activity(parts: tuple[str, ...]) -> str:
    labels = [_label(part) for part in parts]
    if len(labels) == 1:
        return labels[0]
    joined = f" || {times.literal(ACTIVITY_JOINT)} || ".join(f"coalesce({label}, '{MISSING_PART}')" for label in labels)
    return f"CASE WHEN coalesce({', '.join(labels)}) IS NOT NULL THEN {joined} END"


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    return con.execute(sql).fetchall()[0][0]

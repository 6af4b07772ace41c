"""The last steps of every reader: convert, set aside what does not fit, and say what was done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from servewell.engines.mining.columns import Columns
from servewell.engines.mining.errors import CODES, MiningError, NeedsZone
from servewell.engines.mining.readers import dates, staging, times
from servewell.engines.mining.readers.aside import Aside
from servewell.engines.mining.readers.outcome import Options, ReadReport

Wanted = Iterator[tuple[int, str]]  # (number of the row in the source from 0, reason), in order
Found = Iterator[tuple[int, str, str, str]]  # (row as people count, reason, time as written, row as it stood)


@dataclass(frozen=True, slots=True)
class Job:
    """What a reader is about to do."""

    con: duckdb.DuckDBPyConnection
    path: Path
    columns: Columns
    options: Options
    table: str  # the temporary table it makes


@dataclass(frozen=True, slots=True)
class Material:
    """What a reader has prepared."""

    source: staging.Source
    sample: list[str]  # some times as written
    find: Callable[[Wanted], Found]  # looks rows up again in the file


def settled(job: Job, material: Material, aside: Aside, report: ReadReport) -> ReadReport:
    """Make the table of the material and return the report, completed.

    `aside` already counts the rows that never came into the source.
    Raises NeedsZone, `ambiguous-dates`, `not-times`, `nothing-taken`; then nothing is left.
    """
    source, sample = material.source, material.sample
    _ask_for_zone(job.columns, sample)
    try:
        order = dates.decided(job.con, source, job.options, sample, job.columns.time)
        reading = staging.Reading(job.columns.zone, order, times.forms_of(sample))
        staging.stage(job.con, source, job.table, reading)
        for row, reason, time, raw in material.find(staging.unfit(job.con, job.table)):
            aside.put(row, _told_apart(reason, time, job.columns), raw)
        taken = staging.finish(job.con, job.table)
        _refuse_nothing(job, taken, sample, aside)
    except BaseException:
        staging.drop(job.con, job.table)
        raise
    return replace(
        report,
        rows_taken=taken,
        rows_set_aside=aside.reasons.total(),
        reasons=dict(aside.reasons),
        examples=tuple(aside.examples),
        zone=job.columns.zone if _naive(sample) else None,
        dates=order,
    )


def _ask_for_zone(columns: Columns, sample: list[str]) -> None:
    if columns.zone is None and (naive := _naive(sample)):
        raise NeedsZone(columns.time, naive)


def _naive(sample: list[str]) -> str | None:
    """Return the first time that does not say its zone."""
    return next((text.strip() for text in sample if (how := times.written(text)) and not how.zoned), None)


def _told_apart(reason: str, time: str, columns: Columns) -> str:
    if reason != "time":
        return reason
    how = times.written(time)
    if how and not how.zoned and columns.zone is None:
        raise NeedsZone(columns.time, time.strip())
    return "bad-time" if time.strip() else "no-time"


def _refuse_nothing(job: Job, taken: int, sample: list[str], aside: Aside) -> None:
    if taken:
        return
    reason = aside.reasons.most_common(1)[0][0] if aside.reasons else "empty"
    if reason == "bad-time":
        shown = next((text for text in sample if text.strip()), "")
        raise MiningError("not-times", column=job.columns.time, sample=shown[:80])
    known = f"nothing-{reason}"
    code = known if known in CODES else "nothing-taken"
    raise MiningError(code, path=job.path.name, rows=aside.reasons.total())

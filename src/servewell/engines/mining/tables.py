"""How do results leave the database? As plain Python values, never as data frames."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
from ibis.expr import types as ir

from servewell.engines.mining import backend

Rows = list[dict[str, Any]]
MICROSECONDS = 1_000_000  # in a second
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds."""

    sum: float
    mean: float
    median: float  # quantiles interpolate linearly between neighbours
    p90: float


def fetch(table: ir.Table) -> Rows:
    """Compute a table and return its rows."""
    rows: Rows = backend.rows(table)
    return rows


def fetch_one(table: ir.Table) -> dict[str, Any]:
    """Compute a table of one row."""
    return fetch(table)[0]


def times(microseconds: ir.IntegerColumn) -> dict[str, ir.Value]:
    """Ask for the sum, median and 90% quantile (linear between neighbours) of times; `read_times` reads the answer."""
    total = microseconds.sum().cast("float64")  # all years of a hundred million steps are too many for 64 bits
    return {"timed": microseconds.count(), "total": total, "quantiles": microseconds.quantile([0.5, 0.9])}


def read_times(row: dict[str, Any]) -> Times:
    """Read in a row what `times` asked for; there must have been a time."""
    median, p90 = row["quantiles"]
    total = row["total"] / MICROSECONDS
    return Times(total, total / row["timed"], median / MICROSECONDS, p90 / MICROSECONDS)


def counted(rows: ir.Table, *by: str) -> ir.Table:
    """Count rows per group as `n`, the frequent groups first."""
    groups = rows.group_by(list(by)).agg(n=ibis._.count())
    return groups.order_by(ibis.desc("n"), *by)


def moment(microseconds: int) -> datetime:
    """Return the time (UTC) that lies so many microseconds after the beginning of 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds(moment: datetime) -> int:
    """Return how many microseconds after the beginning of 1970 a time (aware) lies."""
    return (moment - _EPOCH) // timedelta(microseconds=1)

"""Which ways do cases take? Cases with the same activities in the same order are one variant."""

import re
from dataclasses import dataclass
from itertools import groupby

import ibis
from ibis.expr import types as ir

from servewell.engines.mining import backend
from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import MICROSECONDS, Rows, fetch, fetch_one

_UNSIGNED = 2**64


@dataclass(frozen=True, slots=True)
class Variant:
    """One way through the process."""

    key: str  # 16 hexadecimal digits, made of the labels: the same way has the same key in every log
    steps: tuple[str, ...]  # labels
    cases: int
    median_s: float  # of the cases' durations


@dataclass(frozen=True, slots=True)
class Variants:
    """How many there are, and the most frequent."""

    total: int  # variants
    cases: int  # of all variants together
    items: tuple[Variant, ...]


def variants(steps: Steps, limit: int = 100, skip: int = 0) -> Variants:
    """Return the `limit` most frequent variants behind the first `skip`."""
    cases = steps.cases
    groups = cases.group_by("variant").agg(
        n=cases.count(), example=cases["case"].min(), median=cases.duration_us.quantile(0.5)
    )
    with backend.held(steps.connection, groups, "variants") as found:
        rows = fetch(found.order_by(ibis.desc("n"), "example").limit(limit, offset=skip))
        totals = fetch_one(found.agg(total=found.count(), cases=found.n.sum().fill_null(0)))
    ways = _ways(steps, [row["example"] for row in rows])
    items = (Variant(key(row["variant"]), ways[row["example"]], row["n"], row["median"] / MICROSECONDS) for row in rows)
    return Variants(totals["total"], totals["cases"], tuple(items))


def key(variant: int) -> str:
    """Return the name of a variant for people and addresses."""
    return f"{variant % _UNSIGNED:016x}"


def is_key(text: str) -> bool:
    """Can this be the key of a variant?"""
    return re.fullmatch("[0-9a-f]{16}", text) is not None


def number(text: str, column: ir.IntegerColumn) -> ir.IntegerScalar:
    """Return the value of `column` that has this key."""
    bits = int(text, 16)
    signed = column.type().is_signed_integer() and bits >= _UNSIGNED // 2
    return ibis.literal(bits - _UNSIGNED if signed else bits, type=column.type())


def _ways(steps: Steps, examples: list[int]) -> dict[int, tuple[str, ...]]:
    """Return the labels of each example case in order."""
    if not examples:
        return {}
    walked = steps.steps.filter(steps.steps["case"].isin(examples))
    rows: Rows = fetch(walked.select("case", "position", "activity").order_by("case", "position"))
    return {
        case: tuple(steps.labels[row["activity"]] for row in group)
        for case, group in groupby(rows, lambda row: row["case"])
    }

"""Which cases are behind a figure? Lists of cases, page by page, and each one's time line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import ibis
from ibis.expr import types as ir

from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import MICROSECONDS, fetch, fetch_one, moment

Sort = Literal["duration", "-duration", "start", "-start", "focus", "-focus"]  # `-`: the greatest first


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a list."""

    case: str
    start: datetime  # UTC
    end: datetime
    duration_s: float
    steps: int
    focus_s: float | None  # in all on the way to the activity, or over the edge, that was asked for; None: nothing was
    after: tuple[int, int]  # where the next page begins


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some of the cases behind a figure."""

    total: int  # on all pages
    items: tuple[Case, ...]
    after: tuple[int, int] | None  # ask on with this; None: that was the last page


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a case's time line."""

    activity: str
    at: datetime  # UTC
    since_previous_s: float | None  # None: the first
    resource: str | None


def list_cases(
    steps: Steps,
    *,
    activity: str | None = None,
    edge: tuple[str, str] | None = None,
    sort: Sort = "-duration",
    after: tuple[int, int] | None = None,
    limit: int = 50,
) -> CasePage:
    """List cases page by page: all, or those with an activity, or with one activity directly after another.

    Pages hang together by `after` (the value sorted by and the case's number), so that they stay right
    however deep one goes.
    """
    found = _in_focus(steps, activity, edge)
    column, down = sort.removeprefix("-"), sort.startswith("-")
    value = {"duration": found.duration_us, "start": found.start_us, "focus": found.focus_us.fill_null(0)}[column]
    found = found.mutate(value=value)
    ranked = _beyond(found, after, down=down).order_by(ibis.desc("value") if down else "value", "case").limit(limit + 1)
    rows = fetch(ranked)
    items = tuple(_case(row) for row in rows[:limit])
    return CasePage(
        total=fetch_one(found.agg(n=found.count()))["n"],
        items=items,
        after=items[-1].after if len(rows) > limit else None,
    )


def case_events(steps: Steps, case: str) -> tuple[Event, ...]:
    """Return the time line of a case by its name; empty when there is no such case."""
    wanted = steps.cases.filter(steps.cases.name == case)
    walked = steps.steps.semi_join(wanted, "case").join(steps.activities, "activity")
    rows = walked.left_join(steps.resources, "resource").select("position", "label", "at_us", "since_us", "name")
    return tuple(_event(row) for row in fetch(rows.order_by("position")))


def _in_focus(steps: Steps, activity: str | None, edge: tuple[str, str] | None) -> ir.Table:
    """Return the cases asked for with `focus_us`."""
    if activity is None and edge is None:
        return steps.cases.mutate(focus_us=ibis.null("int64"))
    source, target = edge or (None, activity)
    table = steps.steps.filter(steps.steps.activity == _id(steps, target))
    if source is not None:
        table = table.filter(table.previous == _id(steps, source))
    focus = table.group_by("case").agg(focus_us=table.since_us.sum())
    return steps.cases.join(focus, "case")


def _id(steps: Steps, label: str | None) -> int:
    found = fetch(steps.activities.filter(steps.activities.label == label))
    return found[0]["activity"] if found else -1


def _beyond(found: ir.Table, after: tuple[int, int] | None, *, down: bool) -> ir.Table:
    if after is None:
        return found
    value, case = after
    further = found.value < value if down else found.value > value
    return found.filter(further | ((found.value == value) & (found["case"] > case)))


def _case(row: dict[str, Any]) -> Case:
    return Case(
        case=row["name"],
        start=moment(row["start_us"]),
        end=moment(row["end_us"]),
        duration_s=row["duration_us"] / MICROSECONDS,
        steps=row["steps"],
        focus_s=_seconds(row["focus_us"]),
        after=(row["value"], row["case"]),
    )


def _event(row: dict[str, Any]) -> Event:
    return Event(row["label"], moment(row["at_us"]), _seconds(row["since_us"]), row["name"])


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / MICROSECONDS

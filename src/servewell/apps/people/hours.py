"""How do working hours stand in the database and in the API? As rows of minutes; `engines/calendars` computes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from servewell.apps.people.errors import BadHours
from servewell.apps.people.models import Hours
from servewell.engines.calendars import CalendarError, Shift, Week
from servewell.engines.calendars.shifts import clock, shift

MOST_EXCEPTIONS = 400  # dates: more than ten years of holidays


def of(row: Hours) -> Week:
    """Return the week that a row holds."""
    days = tuple(tuple(Shift(start, end) for day, start, end in row.week if day == weekday) for weekday in range(7))
    return Week(row.zone, days, {date.fromisoformat(day): _shifts(own) for day, own in row.exceptions.items()})


def read(zone: str, week: Iterable[Mapping[str, Any]], exceptions: Iterable[Mapping[str, Any]]) -> Week:
    """Return a week given as the API has it; BadHours with what is wrong.

    `week` items have `day` (1 Monday to 7 Sunday), `start` and `end` (`09:00`; an end that is not later is on the next
    day; `24:00` is midnight); `exceptions` have `date` and `shifts` of `start` and `end`, none for a closed day.
    """
    days: list[list[Shift]] = [[] for _ in range(7)]
    try:
        for one in week:
            days[one["day"] - 1].append(shift(one["start"], one["end"]))
        dates = [(one["date"], [shift(own["start"], own["end"]) for own in one["shifts"]]) for one in exceptions]
        _apart([day for day, _ in dates])
        return Week(zone, tuple(tuple(day) for day in days), {day: tuple(own) for day, own in dates})
    except CalendarError as fault:
        raise BadHours(reason=fault.code, **fault.values) from fault


def stored(week: Week) -> dict[str, Any]:
    """Return a week as columns of a row."""
    rows = [[day, one.start, one.end] for day, own in enumerate(week.days) for one in own]
    dates = {day.isoformat(): [list(one) for one in own] for day, own in sorted(week.exceptions.items())}
    return {"zone": week.zone, "week": rows, "exceptions": dates}


def shown(week: Week) -> dict[str, Any]:
    """Return a week as the API has it."""
    return {
        "zone": week.zone,
        "week": [{"day": day + 1, **_clocks(one)} for day, own in enumerate(week.days) for one in own],
        "exceptions": [
            {"date": day, "shifts": [_clocks(one) for one in own]} for day, own in sorted(week.exceptions.items())
        ],
    }


def _apart(dates: list[date]) -> None:
    if len(dates) > MOST_EXCEPTIONS:
        raise BadHours(reason="too-many", most=MOST_EXCEPTIONS)
    for day in dates:
        if dates.count(day) > 1:
            raise BadHours(reason="date-twice", date=day.isoformat())


def _shifts(rows: Iterable[list[int]]) -> tuple[Shift, ...]:
    return tuple(Shift(start, end) for start, end in rows)


def _clocks(one: Shift) -> dict[str, str]:
    return {"start": clock(one.start), "end": clock(one.end)}

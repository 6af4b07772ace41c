"""What is a shift? Minutes of a day on the wall clock, from one to another, perhaps over midnight into the next day."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from servewell.engines.calendars.errors import CalendarError

DAY = 24 * 60  # minutes
MOST = 24  # shifts that begin on one day
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|(24):(00)")


class Shift(NamedTuple):
    """Open from a minute of the day on, up to before another one."""

    start: int  # 0..1439
    end: int  # above start; above 1440 it is on the next day, at most 24 hours after start


def shifts(text: str) -> tuple[Shift, ...]:
    """Return the shifts of a text, `09:00-12:00 13:00-18:00`; an end that is not later is on the next day."""
    return tidy(shift(*part.split("-", 1)) if "-" in part else shift(part, "") for part in text.split())


def shift(start: str, end: str) -> Shift:
    """Return the shift between two times of the wall clock, `22:00` and `06:00`; CalendarError."""
    first, last = minute(start), minute(end)
    if first == DAY:
        raise CalendarError("bad-time", time=start)
    return checked(Shift(first, last if last > first else last + DAY))


def minute(clock: str) -> int:
    """Return the minute of the day of `00:00` to `24:00`; CalendarError."""
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise CalendarError("bad-time", time=clock[:20])
    hours, minutes = (int(part) for part in found.groups() if part is not None)
    return hours * 60 + minutes


def clock(minute_: int) -> str:
    """Return a minute as the wall clock shows it; midnight at the end of a day is `24:00`."""
    shown = minute_ if minute_ <= DAY else minute_ - DAY
    return f"{shown // 60:02}:{shown % 60:02}"


def checked(one: Shift) -> Shift:
    """Return the shift when it can be; CalendarError."""
    if not 0 <= one.start < DAY or one.end <= one.start:
        raise CalendarError("empty-shift", start=one.start, end=one.end)
    if one.end - one.start > DAY:
        raise CalendarError("too-long", start=clock(one.start), end=clock(one.end))
    return one


def tidy(given: Iterable[Shift]) -> tuple[Shift, ...]:
    """Return one day's shifts in order, with what overlaps or touches joined; CalendarError."""
    checked_ones = [checked(one) for one in given]
    if len(checked_ones) > MOST:
        raise CalendarError("too-many", most=MOST)
    return joined(checked_ones)


def joined(given: Iterable[Shift]) -> tuple[Shift, ...]:
    """Return shifts in order, with what overlaps or touches joined as far as one shift may reach."""
    result: list[Shift] = []
    for one in sorted(given):
        before = result[-1] if result else None
        if before and one.start <= before.end and max(one.end, before.end) - before.start <= DAY:
            result[-1] = Shift(before.start, max(before.end, one.end))
        else:
            result.append(one)
    return tuple(result)

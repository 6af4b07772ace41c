"""When is it open? A week of shifts in a time zone, and dates that differ.

A date that differs (a holiday, a long Saturday) speaks for itself from midnight to midnight: what the evening before
would have carried into it does not count. Hours are those of the wall clock; on the days when it is moved, an hour that
does not exist is not open, and one that comes twice counts twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from servewell.engines.calendars.errors import CalendarError
from servewell.engines.calendars.shifts import DAY, Shift, joined, tidy

_ONE_DAY = timedelta(days=1)
Span = tuple[datetime, datetime]  # open from the first moment on, up to before the second; UTC


@dataclass(frozen=True)
class Week:
    """The hours of somebody or something."""

    zone: str  # IANA name
    days: tuple[tuple[Shift, ...], ...]  # seven, from Monday: the shifts that begin on it
    exceptions: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)  # () is: closed all day

    def __post_init__(self) -> None:
        """Put the shifts in order; CalendarError for what cannot be."""
        if len(self.days) != 7:
            raise CalendarError("bad-time", time=f"{len(self.days)} days")
        _zone(self.zone)
        object.__setattr__(self, "days", tuple(tidy(day) for day in self.days))
        object.__setattr__(self, "exceptions", {day: tidy(own) for day, own in self.exceptions.items()})

    def is_open(self, at: datetime) -> bool:
        """Is it open at an aware moment?"""
        return any(start <= at < end for start, end in self._spans(_day(self.zone, at)))

    def next_open(self, at: datetime) -> datetime | None:
        """Return the first open moment from `at` on, `at` itself included, in UTC; None when it never opens."""
        first = next(self._open_from(at), None)
        return first[0] if first else None

    def next_close(self, at: datetime) -> datetime | None:
        """Return when the open time that runs at `at` ends, in UTC; None while closed, or with no end within a week."""
        until = None
        for opens, closes in self._open_from(at):
            if opens > (until or at):
                break
            until = closes
            if closes - at > 7 * _ONE_DAY:
                return None
        return until

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Return the open seconds between two aware moments; negative when `end` is before `start`."""
        if end < start:
            return -self.open_seconds(end, start)
        day, last = _day(self.zone, start), _day(self.zone, end)
        total = timedelta()
        while day <= last:
            for opens, closes in self._spans(day):
                total += max(min(closes, end) - max(opens, start), timedelta())
            day += _ONE_DAY
        return total.total_seconds()

    def after(self, start: datetime, seconds: float) -> datetime | None:
        """Return the first moment by which it has been open for `seconds` since `start`, in UTC; None when never.

        For 0 seconds that is `start`. It undoes `open_seconds`: what lies between is `seconds`.
        """
        left = timedelta(seconds=seconds)
        if left <= timedelta():
            return start.astimezone(UTC)
        for opens, closes in self._open_from(start):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return None

    def _open_from(self, at: datetime) -> Iterator[Span]:
        """Yield what is open from a moment on, in order; without end, unless no day of the week is open."""
        day = _day(self.zone, at)
        last = None if any(self.days) else max(self.exceptions, default=day) + _ONE_DAY
        while (last is None or day <= last) and day < date.max - _ONE_DAY:
            for opens, closes in self._spans(day):
                if closes > at:
                    yield max(opens, at.astimezone(UTC)), closes
            day += _ONE_DAY

    def _spans(self, day: date) -> list[Span]:
        """Return what is open on a date, in order and apart."""
        spans = [(_moment(self.zone, day, one.start), _moment(self.zone, day, one.end)) for one in self._shifts(day)]
        return [(start, end) for start, end in spans if start < end]  # an hour that does not exist is not open

    def _shifts(self, day: date) -> list[Shift]:
        """Return the shifts between this date's two midnights, with what the evening before carries over."""
        own = [Shift(one.start, min(one.end, DAY)) for one in self._begun(day)]
        alone = day in self.exceptions or day == date.min
        before = () if alone else self._begun(day - _ONE_DAY)
        carried = [Shift(0, one.end - DAY) for one in before if one.end > DAY]
        return list(joined([*carried, *own]))  # one shift may reach over another

    def _begun(self, day: date) -> tuple[Shift, ...]:
        own = self.exceptions.get(day)
        return self.days[day.weekday()] if own is None else own


def _day(zone: str, at: datetime) -> date:
    """Return the date on the wall at a moment."""
    return at.astimezone(_zone(zone)).date()


@lru_cache(maxsize=4096)
def _moment(zone: str, day: date, minute: int) -> datetime:
    """Return when the wall clock first shows a minute of a date; what it skips is the moment at which it does."""
    wall = datetime.combine(day, time(), _zone(zone)) + timedelta(minutes=minute)
    moment = wall.astimezone(UTC)
    if moment.astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _jump(wall)


def _jump(wall: datetime) -> datetime:
    """Return the moment at which the clock was put forward over a time that it never showed.

    Read with the offset of before, such a time lies after the jump; with that of after, before it. Between the two the
    date and time on the wall pass it: the first second at which they have.
    """
    low = int(wall.replace(fold=1).timestamp())
    high = int(wall.replace(fold=0).timestamp())
    bare = wall.replace(tzinfo=None)
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, wall.tzinfo).replace(tzinfo=None) < bare:
            low = middle + 1
        else:
            high = middle
    return datetime.fromtimestamp(low, UTC)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as fault:  # unknown, malformed, or a folder of the zones' database
        raise CalendarError("unknown-zone", zone=name[:64]) from fault

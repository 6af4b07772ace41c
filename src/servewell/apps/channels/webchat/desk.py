"""Is somebody there, and how long may it take? The working hours of the site's team, and how fast it takes up."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from servewell.apps.base import clock, ids, statements, texts
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import sites
from servewell.apps.channels.webchat.view import SQL, Current
from servewell.apps.people import queries as people
from servewell.apps.people.errors import NoSuchHours
from servewell.engines.calendars import Week

_HOUR = timedelta(hours=1)
_KNOWN_S = 5.0  # how long a team's pace is good for; every page of every visitor asks for it
_paces: dict[UUID | None, tuple[float, int]] = {}  # team -> until when it is good, taken up within the last hour
_MOST_TEAMS = 1000


@dataclass(frozen=True, slots=True)
class Queue:
    """Where somebody stands who waits."""

    ahead: int  # conversations of the team that wait longer, and nobody has
    wait_s: int | None  # None: nobody was taken up in the last hour, so nobody knows

    def sentence(self, language: str) -> str:
        """Return it in words; who is next is not told how long that may take: it depends on one person."""
        said = texts.say(f"channels_webchat.queue.{_grade(self.ahead)}", language, ahead=self.ahead)
        if not self.ahead:
            return said
        minutes = max(1, round((self.wait_s or 0) / 60))
        key = (
            "unknown" if self.wait_s is None else "soon" if self.wait_s < 60 else "minutes" if minutes < 90 else "hours"
        )
        wait = texts.say(f"channels_webchat.wait.{key}", language, minutes=minutes, hours=round(minutes / 60))
        return said + texts.say("channels_webchat.queue.between", language) + wait


def week(account: Account) -> Week | None:
    """Return the hours of the site's team; None when it has none: then it is always open."""
    if account.team is None:
        return None
    try:
        return people.hours_of_team(account.team)
    except NoSuchHours:
        return None


def hours(account: Account, language: str) -> dict[str, Any]:
    """Return whether somebody is there, until when or from when on, and a sentence while nobody is."""
    now, known = clock.now(), week(account)
    takes = bool(sites.option(account, "take_when_closed"))
    if known is None or known.is_open(now):
        closes = known.next_close(now) if known else None
        return {"open": True, "opens_at": None, "closes_at": closes, "takes_messages": True, "sentence": ""}
    opens = known.next_open(now)
    when = "unknown" if opens is None else "known"
    moment = _spoken(now, opens, known.zone, language) if opens else ""
    sentence = texts.say(f"channels_webchat.closed.{when}", language, moment=moment)
    also = texts.say(f"channels_webchat.closed.{'takes' if takes else 'takes_none'}", language)
    between = texts.say("channels_webchat.queue.between", language)
    said = sentence + between + also
    return {"open": False, "opens_at": opens, "closes_at": None, "takes_messages": takes, "sentence": said}


def queue(now: Current) -> Queue | None:
    """Return where a conversation stands that waits; None when it does not."""
    if now.status != "waiting":
        return None
    if now.is_blocked or now.waiting_since is None:
        return Queue(0, None)
    values = {"team": now.team, "since": now.waiting_since, "conversation": now.id, "now": clock.now()}
    ahead = statements.prepared(SQL["ahead"], values)[0][0]
    taken = _taken_up(now.team)
    return Queue(ahead, round(ahead * _HOUR.total_seconds() / taken) if taken else None)


def _taken_up(team: UUID | None) -> int:
    """Return how many conversations of a team were taken up within the last hour, as of a few seconds ago."""
    until, count = _paces.get(team, (0.0, 0))
    if until > time.monotonic():
        return count
    since = clock.now() - _HOUR
    values = {"team": team, "floor": ids.first_at(since), "since": since}
    count = int(statements.prepared(SQL["taken_up"], values)[0][0])
    if len(_paces) > _MOST_TEAMS:
        _paces.clear()
    _paces[team] = (time.monotonic() + _KNOWN_S, count)
    return count


def _grade(ahead: int) -> str:
    return "next" if ahead == 0 else "one" if ahead == 1 else "many"


def _spoken(now: datetime, moment: datetime, zone: str, language: str) -> str:
    """Return a moment as one says it at the desk: today at 9:00, tomorrow, Monday the 23rd."""
    there, here = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    days = (there.date() - here.date()).days
    key = "today" if days == 0 else "tomorrow" if days == 1 else "weekday" if days < 7 else "date"
    values = {
        "time": f"{there:%H:%M}",
        "weekday": texts.say(f"channels_webchat.weekday.{there.isoweekday()}", language),
        "month": there.month,
        "month_name": texts.say(f"channels_webchat.month.{there.month}", language),
        "day": there.day,
        "zone": _offset(there),
    }
    return texts.say(f"channels_webchat.moment.{key}", language, **values)


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    sign, minutes = ("+" if minutes >= 0 else "−"), abs(minutes)
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "") if minutes else "UTC"

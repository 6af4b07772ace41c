"""When do teams and people work? A week, and the dates that differ."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from servewell.apps.base import clock, settings
from servewell.apps.people import actions, hours, permissions, queries
from servewell.apps.people.auth import acting
from servewell.apps.people.models import Team, User
from servewell.apps.people.options import ZONE
from servewell.engines.calendars import Week

router = Router()


class Shift(Schema):
    """Open from one time of the wall clock up to before another one; an end that is not later is on the next day."""

    start: str = Field(max_length=20, description="09:00")
    end: str = Field(max_length=20, description="18:00; 24:00 is midnight")


class WeekShift(Shift):
    """A shift of each week."""

    day: int = Field(ge=1, le=7, description="1 Monday to 7 Sunday: the day it begins on")


class OtherDay(Schema):
    """A date that differs, from midnight to midnight; without shifts it is closed."""

    date: date
    shifts: list[Shift] = Field(default=[], max_length=24)


class NewHours(Schema):
    """Working hours; without a zone, in that of the installation."""

    zone: str | None = Field(default=None, max_length=64)
    week: list[WeekShift] = Field(max_length=168)
    exceptions: list[OtherDay] = Field(default=[], max_length=400)


class HoursOut(Schema):
    """The hours that count, and whose they are."""

    source: str  # own; team: a person without hours of their own has those of their first team, by name, that has some
    team: UUID | None  # whose, where they are a team's
    zone: str
    week: list[WeekShift]
    exceptions: list[OtherDay]
    open_now: bool
    next_open: datetime | None  # the present moment while open; null: never


@router.get("/teams/{team_id}/hours", response=HoursOut)
def read_team_hours(request: HttpRequest, team_id: UUID) -> dict[str, Any]:
    """Return a team's working hours."""
    team = _team(request, "hours.read", team_id)
    return _shown(queries.hours_of_team(team), "own", team.id)


@router.put("/teams/{team_id}/hours", response=HoursOut)
def set_team_hours(request: HttpRequest, team_id: UUID, body: NewHours) -> dict[str, Any]:
    """Set a team's working hours; shifts that overlap become one."""
    team = _team(request, "hours.manage", team_id)
    return _shown(hours.of(actions.set_hours(acting(request), team, _week(body))), "own", team.id)


@router.delete("/teams/{team_id}/hours", response={204: None})
def clear_team_hours(request: HttpRequest, team_id: UUID) -> None:
    """Take a team's working hours away."""
    actions.clear_hours(acting(request), _team(request, "hours.manage", team_id))


@router.get("/users/{user_id}/hours", response=HoursOut)
def read_hours(request: HttpRequest, user_id: UUID) -> dict[str, Any]:
    """Return a person's working hours: their own, else those of a team of theirs."""
    week, team = queries.hours_of_person(_person(request, "hours.read", user_id))
    return _shown(week, "team" if team else "own", team)


@router.put("/users/{user_id}/hours", response=HoursOut)
def set_hours(request: HttpRequest, user_id: UUID, body: NewHours) -> dict[str, Any]:
    """Set a person's own working hours; shifts that overlap become one."""
    user = _person(request, "hours.manage", user_id)
    return _shown(hours.of(actions.set_hours(acting(request), user, _week(body))), "own", None)


@router.delete("/users/{user_id}/hours", response={204: None})
def clear_hours(request: HttpRequest, user_id: UUID) -> None:
    """Take a person's own hours away: those of their team count again."""
    actions.clear_hours(acting(request), _person(request, "hours.manage", user_id))


def _team(request: HttpRequest, verb: str, team_id: UUID) -> Team:
    permissions.demand(acting(request), verb)
    return queries.reached_team(acting(request), team_id, verb)


def _person(request: HttpRequest, verb: str, user_id: UUID) -> User:
    permissions.demand(acting(request), verb)
    return queries.reached(acting(request), user_id, verb)


def _week(body: NewHours) -> Week:
    given = body.model_dump()
    return hours.read(body.zone or settings.get(ZONE.name), given["week"], given["exceptions"])


def _shown(week: Week, source: str, team: UUID | None) -> dict[str, Any]:
    now = clock.now()
    shown = {"source": source, "team": team, **hours.shown(week)}
    return {**shown, "open_now": week.is_open(now), "next_open": week.next_open(now)}

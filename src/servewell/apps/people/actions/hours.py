"""Working hours of a team or a person: set, and taken away again."""

from typing import Any

from django.db import transaction

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.people import events, hours
from servewell.apps.people.actions._shared import note
from servewell.apps.people.errors import NoSuchHours
from servewell.apps.people.models import Hours, Team, User
from servewell.engines.calendars import Week


@transaction.atomic
def set_hours(principal: Principal, whose: Team | User, week: Week) -> Hours:
    """Give a team or a person these hours in place of what they had; the same again changes nothing."""
    _lock(whose)
    wanted = hours.stored(week)
    row = Hours.objects.filter(**_of(whose)).first()
    if row is not None and wanted == {name: getattr(row, name) for name in wanted}:
        return row
    row, _ = Hours.objects.update_or_create(**_of(whose), defaults={**wanted, "changed_at": clock.now()})
    note(principal, events.HOURS_CHANGED.name, **_about(whose), kept=True)
    return row


@transaction.atomic
def clear_hours(principal: Principal, whose: Team | User) -> None:
    """Take the hours away: a person has those of their team again; NoSuchHours."""
    if Hours.objects.filter(**_of(whose)).delete()[0] == 0:  # 0: there were none, or somebody was quicker
        raise NoSuchHours
    note(principal, events.HOURS_CHANGED.name, **_about(whose), kept=False)


def _lock(whose: Team | User) -> None:
    """Two who save at once follow one another."""
    model: Any = type(whose)
    model.objects.select_for_update(no_key=True).get(pk=whose.pk)


def _of(whose: Team | User) -> dict[str, Any]:
    return {"team" if isinstance(whose, Team) else "user": whose}


def _about(whose: Team | User) -> dict[str, Any]:
    return {"group" if isinstance(whose, Team) else "user": whose.pk}

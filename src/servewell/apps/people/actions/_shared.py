"""What the verbs share: recording, locking a person, and saying what does not fit."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Model

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.people import events, queries
from servewell.apps.people.errors import BadPerson, NoSuchTeam, TeamArchived, WeakPassword
from servewell.apps.people.models import Alert, SignIn, Team, User

_OURS = ("digest", "prefix", "password")  # columns that no form fills


def note(principal: Principal, name: str, **attributes: Any) -> None:
    """Record an event of this room."""
    record(Event(name=name, actor=Actor.of(principal), attributes=attributes))


def locked(user_id: UUID) -> User:
    """Return a person whom nobody else changes until this transaction ends; NoSuchPerson.

    Rows that only point to the person can still be written meanwhile.
    """
    queries.person(user_id)
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def existing(teams: Iterable[UUID], *, kept: Iterable[UUID] = ()) -> list[Team]:
    """Return these teams; NoSuchTeam, or TeamArchived unless it is one of `kept`."""
    wanted = set(teams)
    found = list(Team.objects.filter(id__in=wanted))
    if len(found) != len(wanted):
        raise NoSuchTeam
    known = set(kept)
    for team in found:
        if team.archived_at is not None and team.id not in known:
            raise TeamArchived(name=team.name)
    return found


def clean(row: Model, *, constraints: bool = True) -> None:
    """Raise BadPerson with the first field that does not fit; without `constraints`, not if it is only not unique."""
    names = {field.name for field in row._meta.get_fields()}
    try:
        row.full_clean(
            validate_unique=constraints,
            validate_constraints=constraints,
            exclude=[name for name in _OURS if name in names],
        )
    except ValidationError as fault:
        field, reasons = next(iter(fault.message_dict.items()))
        raise BadPerson(field=field, reason=" ".join(reasons)) from fault


def warn(user: User, reasons: list[str], failures: int = 0, sign_in: SignIn | None = None) -> None:
    """Put an alert before a person; `reasons` are codes, `failures` the wrong tries before."""
    Alert.objects.create(user=user, at=clock.now(), reasons=reasons, failures=failures, sign_in=sign_in)
    note(SYSTEM, events.ALERT_RAISED.name, user=user.id, reasons=reasons)


def set_password(user: User, password: str) -> None:
    """Put a password on a person who is yet to be saved; WeakPassword when it is easily guessed."""
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise WeakPassword(reasons=list(fault.messages)) from fault
    user.set_password(password)

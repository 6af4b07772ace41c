"""Who is there: online, busy, away or offline, why, and for how long.

Every change of one person's presence happens while their row is locked, so two at once follow one another.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, live, settings, timers
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.people import events
from servewell.apps.people.actions._shared import clean, locked, note
from servewell.apps.people.errors import BadReason, NoSuchPerson, NoSuchReason
from servewell.apps.people.models import Presence, PresenceReason, SignIn, State, User
from servewell.apps.people.options import SILENT_MINUTES

LIMIT_TIMER = "people.presence_limit"
MOST_TEAMS = 100  # that a live message names
SIGN_EVERY = timedelta(seconds=30)  # signs of life that follow quicker are not written


@transaction.atomic
def set_presence(
    principal: Principal, user_id: UUID, state: str, reason_id: UUID | None = None, *, cause: str = "chosen"
) -> Presence:
    """Make a person `state`, for a reason that goes with it; what is so already stays as it is, with its `since`.

    `cause` says how it came: chosen (by whoever `principal` is), sign_out, silent, shut_out. A reason with a time limit
    sets a timer. BadReason, NoSuchReason, NoSuchPerson (also for one who was shut out, unless `state` is offline).
    """
    user = locked(user_id)
    if not user.is_active and state != State.OFFLINE:
        raise NoSuchPerson
    reason = _reason(reason_id, state)
    now = clock.now()
    presence = Presence.objects.filter(pk=user.pk).first() or Presence(
        user=user, state=State.OFFLINE, since=now, seen_at=now
    )
    if (presence.state, presence.reason_id) == (state, reason_id):
        return presence
    before = presence.state
    presence.state, presence.reason, presence.since, presence.overdue_at = state, reason, now, None
    presence.limit_at = _limit(reason, now)
    if principal.id == user.id and cause == "chosen":
        presence.seen_at = max(presence.seen_at, now)  # what a lead chooses is no sign of life of the person
    presence.save()
    _watch_limit(presence)
    about = {"user": user.id, "before": before, "presence": state, "reason": reason_id, "cause": cause}
    note(principal, events.PRESENCE_CHANGED.name, **about)
    _tell(user, presence)
    return presence


@transaction.atomic
def find_overdue(user_id: UUID, limit_at: datetime) -> bool:
    """Flag a person whose reason's time is over; return whether it was so.

    The presence stays what it is: somebody who is at lunch for too long is still not at the desk, and work must not be
    sent to an empty chair. The lead sees the flag.
    """
    user = locked(user_id)
    presence = Presence.objects.filter(pk=user_id, limit_at=limit_at, overdue_at=None).first()
    if presence is None or presence.reason_id is None or limit_at > clock.now():
        return False
    presence.overdue_at = clock.now()
    presence.save(update_fields=["overdue_at"])
    attributes = {"user": user_id, "presence": presence.state, "reason": presence.reason_id}
    note(SYSTEM, events.PRESENCE_OVERDUE.name, **attributes)
    _tell(user, presence)
    return True


def lose_silent() -> int:
    """Take people whose last screen has been silent for too long offline; return how many."""
    before = clock.now() - timedelta(minutes=settings.get(SILENT_MINUTES.name))
    silent = Presence.objects.filter(seen_at__lt=before).exclude(state=State.OFFLINE).order_by("user_id")
    return sum(_lose(user_id, before) for user_id in silent.values_list("user_id", flat=True))


def show_sign_of_life(user_id: UUID, sign_in: UUID | None = None) -> None:
    """Note that a screen of this person is open; at most twice a minute it is written."""
    now = clock.now()
    stale = now - SIGN_EVERY
    Presence.objects.filter(pk=user_id, seen_at__lt=stale).exclude(state=State.OFFLINE).update(seen_at=now)
    if sign_in is not None:
        SignIn.objects.filter(pk=sign_in, user_id=user_id, seen_at__lt=stale, ended_at=None).update(seen_at=now)


@transaction.atomic
def define_reason(principal: Principal, **fields: Any) -> PresenceReason:
    """Offer a reason (fields: state, name_zh, name_en, limit_minutes, position)."""
    reason = PresenceReason(**_tidied(fields))
    clean(reason)
    reason.save()
    note(principal, events.REASON_DEFINED.name, reason=reason.id)
    return reason


@transaction.atomic
def change_reason(
    principal: Principal, reason_id: UUID, *, archived: bool | None = None, **fields: Any
) -> PresenceReason:
    """Rename, limit, move, archive or bring back a reason; who has it now keeps it, with the limit it had."""
    reason = PresenceReason.objects.select_for_update(no_key=True).filter(pk=reason_id).first()
    if reason is None:
        raise NoSuchReason
    wanted = _tidied(fields)
    if archived is not None and archived != (reason.archived_at is not None):
        wanted["archived_at"] = clock.now() if archived else None
    changed = sorted(name for name, value in wanted.items() if getattr(reason, name) != value)
    if changed:
        for name in changed:
            setattr(reason, name, wanted[name])
        clean(reason)
        reason.save()
        codes = ["archived" if name == "archived_at" else name for name in changed]
        note(principal, events.REASON_CHANGED.name, reason=reason.id, fields=codes)
    return reason


@transaction.atomic
def _lose(user_id: UUID, before: datetime) -> bool:
    locked(user_id)
    if not Presence.objects.filter(pk=user_id, seen_at__lt=before).exclude(state=State.OFFLINE).exists():
        return False  # a sign of life, or somebody else took them offline, between the look and the lock
    set_presence(SYSTEM, user_id, State.OFFLINE, cause="silent")
    return True


def _reason(reason_id: UUID | None, state: str) -> PresenceReason | None:
    if reason_id is None:
        return None
    reason = PresenceReason.objects.filter(pk=reason_id, archived_at=None).first()
    if reason is None:
        raise NoSuchReason
    if reason.state != state:
        raise BadReason(state=reason.state)
    return reason


def _limit(reason: PresenceReason | None, now: datetime) -> datetime | None:
    minutes = reason.limit_minutes if reason else None
    return now + timedelta(minutes=minutes) if minutes else None


def _watch_limit(presence: Presence) -> None:
    if presence.limit_at is not None:
        timers.set(LIMIT_TIMER, presence.user_id, presence.limit_at)
    else:
        timers.cancel(LIMIT_TIMER, presence.user_id)


def _tell(user: User, presence: Presence) -> None:
    """Let open screens know; only ids and codes, and only those of the person's teams or with a wider scope hear it."""
    about = {
        "user": str(user.id),
        "presence": presence.state,
        "reason": str(presence.reason_id) if presence.reason_id else None,
        "since": _iso(presence.since),
        "limit_at": _iso(presence.limit_at) if presence.limit_at else None,
        "overdue": presence.overdue_at is not None,
        "owner": str(user.id),
        "teams": [str(team) for team in user.team_ids[:MOST_TEAMS]],
    }
    live.notify("presence", about)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _tidied(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}

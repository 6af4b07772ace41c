"""How was a conversation before it was changed together with others, and how is that put back?"""

from dataclasses import asdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.base import timers
from servewell.apps.base.errors import ServewellError
from servewell.apps.conversations import events
from servewell.apps.conversations.actions import _assigning, _steps
from servewell.apps.conversations.actions._work import WRITE, Work, seconds, write
from servewell.apps.conversations.changes import Change, Keep
from servewell.apps.conversations.lifecycle import DONE
from servewell.apps.conversations.models import ACTIVE, Conversation, Priority, Status
from servewell.apps.people import permissions
from servewell.apps.people.errors import NotAllowed

_MOMENTS = ("snoozed_until", "waiting_since", "solved_at", "closed_at")
_IDS = ("assignee_id", "team_id")
_PLAIN = ("status", "priority", "reopened")


def of(conversation: Conversation) -> dict[str, Any]:
    """Return what a change in one go can touch, as JSON."""
    row = {name: _text(getattr(conversation, name)) for name in (*_MOMENTS, *_IDS)}
    plain = {name: getattr(conversation, name) for name in (*_PLAIN, "number", "version")}
    return {**row, **plain, "tags": [str(tag) for tag in conversation.tags]}


def put_back(work: Work | None, was: dict[str, Any]) -> ServewellError | str | None:
    """Make a conversation what it was, if it is still as the change left it; return why not.

    Who changed it may put it back, even out of a team that they do not reach themselves.
    """
    if work is None:
        return "gone"
    if work.conversation.version != was["after"]:
        return "changed"
    values = _values(was)
    place = SimpleNamespace(owner_id=values["assignee_id"], team_id=values["team_id"])
    if not permissions.can(work.principal, WRITE, place):
        return NotAllowed(verb=WRITE)
    problem = _problem(work, values["assignee_id"], values["team_id"])
    if problem is not None:
        return problem
    try:
        with transaction.atomic():
            _restore(work, values)
            write(work)
    except ServewellError as refused:  # of a listener
        return refused
    return None


def as_json(wanted: Change) -> dict[str, Any]:
    """Return what was asked for, as JSON: only what was named."""
    given = {name: value for name, value in asdict(wanted).items() if not isinstance(value, Keep)}
    return {name: _plain(value) for name, value in given.items() if value not in (None, (), {}) or name in _NULLS}


_NULLS = {"assignee", "team", "snoozed_until"}  # whose None is a value


def _restore(work: Work, values: dict[str, Any]) -> None:
    now = work.conversation
    before = SimpleNamespace(**{name: getattr(now, name) for name in (*_MOMENTS, *_IDS, *_PLAIN, "tags")})
    work.set(**values)
    _tell_owner(work, before)
    _tell_status(work, before)
    if before.priority != now.priority:
        words = {"before": before.priority, "priority": now.priority}
        work.tell(events.PRIORITISED, **{name: _steps.PRIORITY_WORDS[Priority(one)] for name, one in words.items()})
    if before.tags != now.tags:
        added = [tag for tag in now.tags if tag not in before.tags]
        work.tell(
            events.TAGGED, added=added or None, removed=[tag for tag in before.tags if tag not in now.tags] or None
        )
    _put_timer(work, before.snoozed_until)
    for event, attributes in work.told:  # who counts solutions and reopenings leaves out what takes one back
        if "undoes" in event.attributes:
            attributes["undoes"] = True


def _tell_owner(work: Work, before: Any) -> None:
    now = work.conversation
    if (before.assignee_id, before.team_id) != (now.assignee_id, now.team_id):
        work.tell(events.TRANSFERRED, from_team=before.team_id, from_agent=before.assignee_id, agent=now.assignee_id)


def _tell_status(work: Work, before: Any) -> None:
    status = work.conversation.status
    if before.status == status:
        return
    if before.status in DONE and status in ACTIVE:
        _steps.tell_reopened(work, Status(status), before.solved_at)
    elif status == Status.SOLVED:
        work.tell(events.SOLVED, handled_s=seconds(work.conversation.created_at, work.now))
    elif status == Status.CLOSED:
        work.tell(events.CLOSED, by="agent")
    else:
        work.tell(events.WAITING, before=before.status, status=status)


def _put_timer(work: Work, before: datetime | None) -> None:
    until = work.conversation.snoozed_until
    if until == before:
        return
    if until is None:
        timers.cancel(_steps.WAKE, work.conversation.id)
        work.tell(events.WOKEN, by="agent")
    else:
        timers.set(_steps.WAKE, work.conversation.id, until)  # one that is past wakes it at once
        work.tell(events.SNOOZED, for_s=max(0.0, (until - work.now).total_seconds()))


def _values(was: dict[str, Any]) -> dict[str, Any]:
    moments = {name: datetime.fromisoformat(was[name]) if was[name] else None for name in _MOMENTS}
    ids = {name: UUID(was[name]) if was[name] else None for name in _IDS}
    return {**moments, **ids, **{name: was[name] for name in _PLAIN}, "tags": [UUID(tag) for tag in was["tags"]]}


def _problem(work: Work, agent: UUID | None, team: UUID | None) -> ServewellError | None:
    """Return why it cannot be theirs again: who had it left, answers no customers now, or lost the team."""
    if (agent, team) == (work.conversation.assignee_id, work.conversation.team_id):
        return None  # theirs it is anyway
    try:
        _assigning.demand_open(work, team, work.conversation.team_id)
        if agent is not None:
            _assigning.reached(work, agent, team, is_named=True)
    except ServewellError as problem:
        return problem
    return None


def _text(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [str(one) for one in value]
    return _text(value) if isinstance(value, UUID | datetime) else value

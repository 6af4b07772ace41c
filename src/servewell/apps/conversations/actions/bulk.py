"""How are many conversations changed in one go, and put back as they were?

Each is changed as `change` would, with its own events, and refused on its own. What was before is kept; `undo` puts it
back where nobody has changed the conversation since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, texts
from servewell.apps.base.errors import ServewellError
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, queries
from servewell.apps.conversations.actions import _altering, _before
from servewell.apps.conversations.actions._work import WRITE, Work, demand_its_own, demand_not_closed, write
from servewell.apps.conversations.changes import Change
from servewell.apps.conversations.errors import OnlyPeople
from servewell.apps.conversations.inbox import lists
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import Bulk, Conversation
from servewell.apps.conversations.refusals import (
    FiltersTooWide,
    NoSuchBulk,
    NothingToChange,
    TooManyAtOnce,
    UndoTooLate,
)
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event, EventType
from servewell.apps.people import permissions

MOST = 500  # conversations of one go
UNDO = timedelta(hours=24)  # how long it can be put back
_KEPT = timedelta(days=7)  # how long it is remembered what was before
NOBODY = UUID(int=0)  # the system itself has no id, and changes nothing in one go
_ALLOWED = frozenset({"status", "priority", "assignee", "team", "tags", "snoozed_until"})


@dataclass(frozen=True, slots=True)
class Refused:
    """A conversation that was left as it is."""

    id: str
    number: int | None  # None: there is none that the person could see
    sentence: str  # why, in the person's language


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    operation: UUID  # to undo it
    changed: int  # conversations that are not as they were
    undo_until: datetime
    refused: list[Refused] = field(default_factory=list)


@transaction.atomic
def bulk(
    principal: Principal,
    wanted: Change,
    *,
    chosen: Mapping[UUID, int | None] | None = None,
    filters: Filters | None = None,
) -> Done:
    """Change up to MOST conversations: those `chosen` (with the version seen, or None), or all that filters find.

    What cannot be changed is refused singly, and the others are changed.

    TooManyAtOnce, FiltersTooWide, NothingToChange, NotAllowed.
    """
    permissions.demand(principal, WRITE)
    if principal.id is None:
        raise OnlyPeople  # the system itself has nobody who could undo it
    versions = _versions(principal, chosen, filters)
    if not versions or not _touches(wanted):
        raise NothingToChange
    now, refused, before = clock.now(), [], {}
    there = _locked(principal, list(versions))
    known: dict[Any, Any] = {}
    for pk, version in versions.items():
        work = Work(principal, there[pk], now, known=known) if pk in there else None
        was = _before.of(work.conversation) if work else {}
        problem = _changed(work, wanted, version)
        if problem is not None:
            refused.append(_refusal(principal, pk, work, problem))
        elif work and work.conversation.version != was["version"]:
            before[str(pk)] = was
    return _kept(principal, wanted, before, refused)


@transaction.atomic
def undo(principal: Principal, operation: UUID) -> Done:
    """Put back what was before, where nobody changed it since; a second time only says the same again.

    NoSuchBulk for everybody but who did it; NotAllowed, UndoTooLate.
    """
    permissions.demand(principal, WRITE)
    done = Bulk.objects.select_for_update().filter(pk=operation, owner_id=principal.id or NOBODY).first()
    if done is None:
        raise NoSuchBulk
    until = done.created_at + UNDO
    if done.put_back is not None:
        return Done(done.id, done.put_back["changed"], until, [Refused(**one) for one in done.put_back["refused"]])
    if clock.now() > until:
        raise UndoTooLate(hours=round(UNDO.total_seconds() / 3600))
    there = Conversation.objects.select_for_update().in_bulk([UUID(pk) for pk in done.before])
    changed, refused = 0, []
    for pk, was in done.before.items():
        work = Work(principal, there[UUID(pk)]) if UUID(pk) in there else None
        problem = _before.put_back(work, was)
        if problem is None:
            changed += 1
        else:
            refused.append(Refused(pk, was["number"], _say(principal, problem, was["number"])))
    done.undone_at, done.put_back = clock.now(), {"changed": changed, "refused": [asdict(one) for one in refused]}
    done.save(update_fields=["undone_at", "put_back"])
    _tell(principal, events.PUT_BACK, done.id, changed, len(refused))
    return Done(done.id, changed, until, refused)


def forget_old() -> int:
    """Remove what was before changes that can no longer be undone; return of how many."""
    return Bulk.objects.filter(created_at__lt=clock.now() - _KEPT).delete()[0]


def _versions(
    principal: Principal, chosen: Mapping[UUID, int | None] | None, filters: Filters | None
) -> dict[UUID, int | None]:
    if filters is not None:
        found = lists.ids(principal, filters, MOST + 1)
        if found is None:
            raise FiltersTooWide
        chosen = dict.fromkeys(found)
    if len(chosen or ()) > MOST:
        raise TooManyAtOnce(most=MOST)
    return dict(chosen or {})


def _touches(wanted: Change) -> bool:
    """Does it change anything? What cannot be put back is not changed in one go."""
    return bool(wanted.tags_add or wanted.tags_remove or wanted.things()) and wanted.things() <= _ALLOWED


def _locked(principal: Principal, ids: Sequence[UUID]) -> dict[UUID, Conversation]:
    """Return those the principal may see, locked in one order, so that two who do so never wait for each other."""
    rows = queries.visible_to(principal).filter(id__in=ids).order_by("id").select_for_update(of=("self",))
    return {row.id: row for row in rows}


def _changed(work: Work | None, wanted: Change, version: int | None) -> ServewellError | str | None:
    """Change one; return why not."""
    if work is None:
        return "missing"
    try:
        permissions.demand(work.principal, WRITE, work.conversation)
        demand_its_own(work.conversation)
        if not _altering.only_labels(wanted):
            demand_not_closed(work.conversation)
        with transaction.atomic():  # a step, a timer or a listener may refuse it after something was written
            _altering.apply(work, wanted, version)
            write(work)
    except ServewellError as problem:
        return problem
    return None


def _refusal(principal: Principal, pk: UUID, work: Work | None, problem: ServewellError | str) -> Refused:
    number = work.conversation.number if work else None
    return Refused(str(pk), number, _say(principal, problem, number))


def _say(principal: Principal, problem: ServewellError | str, number: int | None) -> str:
    if isinstance(problem, ServewellError):
        return problem.sentence(principal.language)
    return texts.say(f"conversations.refused.{problem}", principal.language, number=number)


def _kept(principal: Principal, wanted: Change, before: dict[str, Any], refused: list[Refused]) -> Done:
    """Remember what was before, and which version each has now, whatever listeners did to it since."""
    now = dict(Conversation.objects.filter(id__in=before).values_list("id", "version"))
    for pk, version in now.items():
        before[str(pk)]["after"] = version
    done = Bulk.objects.create(owner_id=principal.id or NOBODY, change=_before.as_json(wanted), before=before)
    _tell(principal, events.CHANGED_TOGETHER, done.id, len(before), len(refused))
    return Done(done.id, len(before), done.created_at + UNDO, refused)


def _tell(principal: Principal, event: EventType, operation: UUID, changed: int, refused: int) -> None:
    attributes = {"bulk": operation, "conversations": changed, "refused": refused}
    record(Event(event.name, actor=Actor.of(principal), attributes=attributes))

"""Two conversations about the same thing: how do they become one, and two again?

A merge moves nothing. `merged_into` of the one points at the other, messages stay in their rows, and who reads takes
the whole family together (`queries.family`, `queries.stream`). So undoing it leaves both as they were, but for whose
turn it is: what the customer waited for in the one they wait for in the other from then on.
"""

from uuid import UUID

from django.db import transaction

from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, history, queries
from servewell.apps.conversations.actions import _shown, _steps
from servewell.apps.conversations.actions._work import Work, demand_not_closed, locked, write
from servewell.apps.conversations.errors import (
    IsMerged,
    MergedWithItself,
    NotMerged,
    OtherCustomer,
)
from servewell.apps.conversations.lifecycle import CUSTOMER_WAITS
from servewell.apps.conversations.models import Conversation, Status
from servewell.apps.customers import queries as customers


def merge(principal: Principal, one: UUID, into: UUID, *, anyway: bool = False) -> Conversation:
    """Let `one` go on in `into`, and return that.

    `into` may itself go on elsewhere: then it is that one. Refused: into itself or what goes on in it
    (MergedWithItself), of another customer unless `anyway` (OtherCustomer), one that is merged already (IsMerged), into
    one that is closed (IsClosed). `one` leaves the inbox; what customers write to it comes to the other.
    """
    with transaction.atomic():
        gone, kept = _pair(principal, one, queries.surviving(into).id)
        _demand_fit(principal, gone, kept, anyway=anyway)
        _leave(principal, gone, kept)
        _take_in(principal, gone, kept)
    return kept


def unmerge(principal: Principal, one: UUID) -> Conversation:
    """Undo the merge of `one` into another, and return it; NotMerged. It stands as it stood before.

    What was merged into `one` stays with it.
    """
    with transaction.atomic():
        gone, kept = _pair(principal, one, queries.surviving(one).id)
        if gone.merged_into_id is None:
            raise NotMerged
        if queries.surviving(one).id != kept.id:  # it went on elsewhere between our look and our lock
            raise history.overtaken(principal, gone)
        work = Work(principal, gone)
        into, _ = gone.merged_into_id, work.set(merged_into_id=None)
        work.tell(events.UNMERGED, into=into)
        write(work)
        _let_go(principal, kept, gone)
    return gone


def _pair(principal: Principal, one: UUID, other: UUID) -> tuple[Conversation, Conversation]:
    """Lock both in the order of their ids, so that two who merge crosswise do not wait for each other."""
    rows = {id_: locked(principal, id_) for id_ in sorted({one, other})}
    return rows[one], rows[other]


def _demand_fit(principal: Principal, gone: Conversation, kept: Conversation, *, anyway: bool) -> None:
    if gone.id == kept.id:
        raise MergedWithItself(number=gone.number)
    for one in (gone, kept):  # the second: it went on elsewhere between our look and our lock
        if one.merged_into_id is not None:
            surviving = queries.surviving(one.id)
            raise IsMerged(number=surviving.number, conversation=str(surviving.id))
    demand_not_closed(kept)
    if not anyway and customers.resolve(gone.customer_id) != customers.resolve(kept.customer_id):
        raise OtherCustomer(one=gone.number, into=kept.number)


def _leave(principal: Principal, gone: Conversation, kept: Conversation) -> None:
    work = Work(principal, gone)
    work.set(merged_into_id=kept.id)
    work.tell(events.MERGED, into=kept.id)
    write(work)


def _take_in(principal: Principal, gone: Conversation, kept: Conversation) -> None:
    work = Work(principal, kept)
    before, solved_at = Status(kept.status), kept.solved_at
    waits = gone.status in CUSTOMER_WAITS
    if waits and before not in CUSTOMER_WAITS:
        _steps.enter(work, Status.WAITING_US, since=gone.waiting_since)
    elif waits and gone.waiting_since is not None:
        work.set(waiting_since=min(gone.waiting_since, kept.waiting_since or gone.waiting_since))
    work.set(**_shown.columns(kept))
    if before == Status.SOLVED and kept.status != Status.SOLVED:
        work.tell(events.ABSORBED, merged=gone.id, status=before.value)
        _steps.tell_reopened(work, Status(kept.status), solved_at)
    else:
        work.tell(events.ABSORBED, merged=gone.id, status=kept.status)
    if waits:
        _steps.wake(work, "agent")  # somebody waits there now: it is not put off any more
    work.set(updated_at=work.now)  # a merge that changes nothing else is a change too
    write(work)


def _let_go(principal: Principal, kept: Conversation, gone: Conversation) -> None:
    work = Work(principal, kept)
    work.set(updated_at=work.now, **_shown.columns(kept))
    if kept.status in CUSTOMER_WAITS:
        work.set(waiting_since=_steps.unanswered_since(work))
    work.tell(events.RELEASED, merged=gone.id)
    write(work)

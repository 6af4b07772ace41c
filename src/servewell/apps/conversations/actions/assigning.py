"""Whose is a conversation? It is given to a person or a team, given back, or taken by who wants to answer."""

from uuid import UUID

from django.db import transaction

from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations.actions import _assigning, _messages, _notes
from servewell.apps.conversations.actions._work import Work, changing, write
from servewell.apps.conversations.changes import KEEP, Keep
from servewell.apps.conversations.errors import AlreadyTaken, OnlyPeople
from servewell.apps.conversations.models import Conversation, Status
from servewell.apps.journal.events import SYSTEM as SYSTEM_ACTOR
from servewell.apps.journal.events import Actor
from servewell.apps.people.models import User

AT_ONCE = 100  # conversations that are given back in one transaction


def assign(
    principal: Principal,
    conversation_id: UUID,
    *,
    assignee: UUID | Keep | None = KEEP,
    team: UUID | Keep | None = KEEP,
    reason: str = "",
) -> Conversation:
    """Give a conversation to a person, a team or (None) nobody; what is not named stays.

    A person must be active, of a role that answers customers, and reach it in its team. Who does not, and has just one
    team, takes it along into that team; who has several must be named together with one of them. A new team takes it
    from whoever cannot reach it there. A reason is kept as a note.

    CannotTake, OutOfReach, NoSuchTeam, IsClosed, IsMerged.
    """
    with changing(principal, conversation_id) as work:
        if reason.strip():
            _notes.keep(work, _messages.written(reason, "", ()))
        _assigning.put_owner(work, assignee, team)
    return work.conversation


def take(principal: Principal, conversation_id: UUID) -> Conversation:
    """Take a conversation that nobody has; of many who do so at once exactly one gets it.

    AlreadyTaken tells the others who has it. Taking what one has already changes nothing.
    """
    if principal.kind != "agent" or principal.id is None:
        raise OnlyPeople
    with changing(principal, conversation_id) as work:
        owner = work.conversation.assignee_id
        if owner not in (None, principal.id):
            raise AlreadyTaken(agent=str(User.objects.get(pk=owner)), number=work.conversation.number)
        _assigning.put_owner(work, principal.id, KEEP)
    return work.conversation


def give_back(user_id: UUID, actor: Actor = SYSTEM_ACTOR, *, limit: int = AT_ONCE) -> int:
    """Take from a person up to `limit` conversations that are not closed: none lies dead with somebody who left.

    They stay with their teams; return how many. `actor` is who shut the person out. Fewer than `limit`: that was all.
    """
    with transaction.atomic():
        held = Conversation.objects.select_for_update().filter(assignee_id=user_id).exclude(status=Status.CLOSED)
        found = list(held.order_by("id")[:limit])
        for conversation in found:
            work = Work(SYSTEM, conversation, actor=actor)
            _assigning.put_owner(work, None, KEEP)
            write(work)
    return len(found)

"""Who wants to hear of a conversation?"""

from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, queries
from servewell.apps.conversations.actions._work import WRITE, Work, tell_journal
from servewell.apps.conversations.errors import CannotTake, OnlyPeople
from servewell.apps.conversations.models import Conversation, Follower
from servewell.apps.journal.events import EventType
from servewell.apps.people import permissions
from servewell.apps.people.models import User


@transaction.atomic
def follow(principal: Principal, conversation_id: UUID, user_id: UUID | None = None) -> bool:
    """Follow a conversation oneself, or let a colleague who may read it; return whether that is new.

    Who may read it may follow it; to decide for others one must be able to write. OnlyPeople, CannotTake.
    """
    conversation, user = _both(principal, conversation_id, user_id)
    if not (user.is_active and permissions.can(user.principal(), queries.READ, conversation)):
        raise CannotTake(agent=str(user))
    values = {"user": user.id, "conversation": conversation.id, "now": clock.now()}
    is_new = statements.run(queries.SQL["follow"], values) == 1
    if is_new:
        _tell(principal, conversation, events.FOLLOWED, user)
    return is_new


@transaction.atomic
def unfollow(principal: Principal, conversation_id: UUID, user_id: UUID | None = None) -> bool:
    """Follow a conversation no longer, or end it for a colleague; return whether one did."""
    conversation, user = _both(principal, conversation_id, user_id)
    family = queries.merged_here(conversation.id)  # who followed what was merged into it follows it
    gone, _ = Follower.objects.filter(user=user, conversation__in=family).delete()
    if gone:
        _tell(principal, conversation, events.UNFOLLOWED, user)
    return gone > 0


def _both(principal: Principal, conversation_id: UUID, user_id: UUID | None) -> tuple[Conversation, User]:
    conversation = queries.conversation(principal, conversation_id)
    if user_id is None and principal.kind != "agent":
        raise OnlyPeople
    if user_id not in (None, principal.id):
        permissions.demand(principal, WRITE, conversation)
    wanted = user_id or principal.id
    user = User.objects.filter(pk=wanted).first() if wanted else None
    if user is None:
        raise CannotTake(agent="?")
    return conversation, user


def _tell(principal: Principal, conversation: Conversation, event: EventType, user: User) -> None:
    work = Work(principal, conversation)
    work.tell(event, user=user.id)
    tell_journal(work)

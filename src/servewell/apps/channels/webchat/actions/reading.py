"""What reaches a visitor, and how far do they read? Marks only go forward."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from servewell.apps.base import live
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.webchat import view
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.view import Current, Seen
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Author, Conversation, Delivery


def fetched(seen: Iterable[Seen]) -> None:
    """What was fetched is delivered."""
    _report(seen, Delivery.DELIVERED, (Delivery.QUEUED, Delivery.SENT))


@transaction.atomic
def read(visitor: Visitor, now: Current, position: int) -> None:
    """Note how far a visitor has read: their own mark, and what of ours is read now."""
    if now.is_pieced:
        pieces = view.pieced(visitor, now)
        _report([one for one in pieces if one.position <= position], Delivery.READ)
        seen = min(position, len(pieces))
    else:
        seen = min(position, now.messages)
        conversations.deliver_up_to(SYSTEM, now.id, seen, Delivery.READ)
    mark = Case(When(conversation_id=now.id, then=Greatest(F("read_position"), Value(seen))), default=Value(seen))
    Visitor.objects.filter(pk=visitor.pk).update(read_position=mark, conversation_id=now.id)


def types(visitor: Visitor, now: Current, state: str) -> None:
    """Tell those of us who see the conversation that its customer types, or stopped."""
    if now.is_blocked:
        return
    owner, team = now.assignee, now.team
    said = {"conversation": now.id, "state": state, "team": team, "owner": owner}
    live.notify("visitor_typing", {name: value and str(value) for name, value in said.items()})


def end(now: Current) -> Conversation:
    """The visitor ends the conversation."""
    return conversations.leave(SYSTEM, now.id)


def _report(seen: Iterable[Seen], state: str, only: Iterable[str] = Delivery.values) -> None:
    """Tell how far ours got, up to the last of them; where the view is pieced together, in each conversation."""
    farthest: dict[UUID, int] = {}
    for one in seen:
        if one.message.author_kind != Author.CUSTOMER and one.message.delivery in only:
            known = farthest.get(one.message.conversation_id, 0)
            farthest[one.message.conversation_id] = max(known, one.message.position)
    for conversation, position in farthest.items():
        conversations.deliver_up_to(SYSTEM, conversation, position, state)

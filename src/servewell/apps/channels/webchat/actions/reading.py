"""What reaches a visitor, and how far do they read? Marks only go forward."""

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from servewell.apps.base import live
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.view import Current
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Delivery


def fetched(now: Current, position: int) -> None:
    """What was fetched is delivered."""
    conversations.deliver_up_to(SYSTEM, now.id, position, Delivery.DELIVERED)


@transaction.atomic
def read(visitor: Visitor, now: Current, position: int) -> None:
    """Note how far a visitor has read: their own mark, and what of ours is read now."""
    seen = min(position, now.messages)
    mark = Case(When(conversation_id=now.id, then=Greatest(F("read_position"), Value(seen))), default=Value(seen))
    Visitor.objects.filter(pk=visitor.pk).update(read_position=mark, conversation_id=now.id)
    conversations.deliver_up_to(SYSTEM, now.id, seen, Delivery.READ)


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

"""What does a visitor's message change? It is received, and the visitor becomes somebody's."""

from django.db import transaction

from servewell.apps.base import live
from servewell.apps.channels.webchat import receiving
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.receiving import Words
from servewell.apps.conversations.actions import Received


@transaction.atomic
def write(visitor: Visitor, words: Words) -> Received:
    """Take in what a visitor wrote; the same `client_id` twice is one message."""
    received = receiving.receive(visitor, words)
    if visitor.conversation_id != received.conversation_id:
        _follow(visitor, received)
    return received


def _follow(visitor: Visitor, received: Received) -> None:
    """Another conversation than before: all pages of the visitor are told."""
    visitor.conversation_id = received.conversation_id
    Visitor.objects.filter(pk=visitor.pk).update(conversation_id=received.conversation_id, read_position=0)
    live.notify("visitor", {"thread": visitor.thread, "source": visitor.source})

"""What does a visitor's message change? It is received, and the visitor becomes somebody's."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servewell.apps.base import clock, live, statements
from servewell.apps.base.models import Attachment
from servewell.apps.channels.webchat import receiving, view
from servewell.apps.channels.webchat.errors import FileUnfit, NoVisitor
from servewell.apps.channels.webchat.forms import Answers
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.receiving import Words
from servewell.apps.channels.webchat.view import SQL
from servewell.apps.conversations.actions import Received
from servewell.apps.conversations.models import MessageAttachment


@dataclass(frozen=True, slots=True)
class Written:
    """A message of a visitor that is kept."""

    message: UUID
    conversation: UUID
    position: int
    at: datetime
    is_new_conversation: bool
    is_repeat: bool  # we had it already


def write(visitor: Visitor, words: Words, answers: Answers | None = None) -> Written:
    """Take in what a visitor wrote; the same `client_id` twice is one message.

    That the conversation is the visitor's is noted in a second transaction: the thread's name says so already, and the
    rows of visitor and account are not held while the conversation's is.

    FileUnfit for a file of another; NoVisitor for somebody who was erased meanwhile.
    """
    _demand_own(visitor, words)
    if answers is not None and answers.about:
        visitor.typed = visitor.typed | dict(answers.about)
    return _noted(visitor, receiving.receive(visitor, words))


def _noted(visitor: Visitor, received: Received) -> Written:
    """Note what came of it: one statement, which also tells the visitor's other pages of a new conversation."""
    told = {"event": "visitor", "data": {"thread": visitor.thread, "source": visitor.source}}
    values = {
        "visitor": visitor.id,
        "thread": visitor.thread,
        "account": visitor.account_id,
        "message": received.message_id,
        "conversation": received.conversation_id,
        "typed": json.dumps(visitor.typed),
        "now": clock.now(),
        "channel": live.CHANNEL,
        "told": json.dumps(told),
    }
    found = statements.prepared(SQL["written"], values)
    if not found:
        raise NoVisitor  # erased meanwhile, with whoever wrote it
    position, at, writer, is_blocked, _ = found[0]
    visitor.conversation_id, visitor.customer_id = received.conversation_id, writer
    if is_blocked:
        return _held(visitor, received, at)
    return Written(
        received.message_id,
        received.conversation_id,
        position,
        at,
        received.is_new_conversation,
        received.is_repeat,
    )


def _held(visitor: Visitor, received: Received, at: datetime) -> Written:
    """Answer a blocked customer as if all were well: one conversation, in which their messages stand."""
    now = view.current(visitor)
    position = len(view.pieced(visitor, now)) if now is not None else 1
    shown = view.shown_id(visitor, now) if now is not None else received.conversation_id
    return Written(received.message_id, shown, position, at, False, received.is_repeat)


def _demand_own(visitor: Visitor, words: Words) -> None:
    """Only files that this visitor sent, and that are part of nothing yet but of this message."""
    wanted = set(words.files)
    if not wanted:
        return
    own = Attachment.objects.filter(id__in=wanted, uploader=visitor.id).count()
    carried = MessageAttachment.objects.filter(attachment_id__in=wanted)
    named = receiving.external_id(visitor, words.client_id)
    if own != len(wanted) or carried.exclude(message__source=visitor.source, message__external_id=named).exists():
        raise FileUnfit

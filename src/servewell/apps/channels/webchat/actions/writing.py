"""What does a visitor's message change? It is received, and the visitor becomes somebody's."""

import json

from django.db import transaction

from servewell.apps.base import live, statements
from servewell.apps.base.models import Attachment
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.webchat import receiving
from servewell.apps.channels.webchat.errors import FileUnfit
from servewell.apps.channels.webchat.forms import Answers
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.receiving import Words
from servewell.apps.channels.webchat.view import SQL
from servewell.apps.conversations.actions import Received
from servewell.apps.conversations.models import MessageAttachment


def write(visitor: Visitor, words: Words, answers: Answers | None = None) -> Received:
    """Take in what a visitor wrote; the same `client_id` twice is one message. FileUnfit for a file of another.

    The account's row is touched after the transaction: whoever writes at the same moment does not wait for it.
    """
    with transaction.atomic():
        received = _taken_in(visitor, words, answers)
    if not received.is_repeat:
        frame.came_in(visitor.account_id)
    return received


def _taken_in(visitor: Visitor, words: Words, answers: Answers | None) -> Received:
    _demand_own(visitor, words)
    if answers is not None and answers.about:
        visitor.typed = visitor.typed | dict(answers.about)
    received = receiving.receive(visitor, words)
    if visitor.conversation_id != received.conversation_id:
        _follow(visitor, received)
    return received


def _follow(visitor: Visitor, received: Received) -> None:
    """Another conversation than before: all pages of the visitor are told."""
    visitor.conversation_id = received.conversation_id
    written = {"visitor": visitor.id, "message": received.message_id, "typed": json.dumps(visitor.typed)}
    statements.run(SQL["follow"], {**written, "conversation": received.conversation_id})
    live.notify("visitor", {"thread": visitor.thread, "source": visitor.source})


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

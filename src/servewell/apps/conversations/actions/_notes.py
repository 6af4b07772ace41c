"""How is a note kept? A note of somebody, or the reason of a step."""

from collections.abc import Sequence
from uuid import UUID

from servewell.apps.conversations import events
from servewell.apps.conversations.actions import _messages
from servewell.apps.conversations.actions._work import Work
from servewell.apps.conversations.inbound import InboundFile
from servewell.apps.conversations.models import Delivery, Message, MessageKind


def keep(work: Work, words: _messages.Words, files: Sequence[UUID] = (), mentions: Sequence[UUID] = ()) -> Message:
    """Store a note at the end of a conversation and tell of it."""
    kind, author = _messages.author(work.principal)
    message = _messages.draft(
        work.conversation,
        words,
        kind=MessageKind.NOTE,
        author_kind=kind,
        author=author,
        delivery=Delivery.NONE,
        mentions=list(mentions),
        created_at=work.now,
        recorded_at=work.now,
    )
    _messages.store(message, words, [InboundFile(file) for file in files])
    _messages.read_own(work.principal, message, all_before=False)
    work.set(**_messages.seen_on_row(work.conversation, message))
    work.tell(events.NOTED, message=message.id, attachments=len(files), mentions=list(mentions) or None)
    return message

"""How does a program of ours tell a customer that their message has come? Nobody has answered by that."""

from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events
from servewell.apps.conversations.actions import _messages
from servewell.apps.conversations.actions._work import changing
from servewell.apps.conversations.models import Delivery, Message


def acknowledge(principal: Principal, conversation_id: UUID, *, text: str) -> Message:
    """Write a message that only says that theirs has come; it is queued for its channel.

    Whose turn it is, since when they wait, and the first answer stay as they were; so does what lists show of the
    conversation. IsClosed, IsMerged, NothingWritten, TextTooLong.
    """
    words = _messages.written(text, "", ())
    with changing(principal, conversation_id) as work:
        kind, author = _messages.author(principal)
        message = _messages.draft(
            work.conversation,
            words,
            author_kind=kind,
            author=author,
            delivery=Delivery.QUEUED,
            source=work.conversation.source,
            language=work.conversation.language,
            created_at=work.now,
            recorded_at=work.now,
        )
        _messages.store(message, words, ())
        work.set(messages=message.position)
        work.tell(events.ACKNOWLEDGED, message=message.id)
    return message

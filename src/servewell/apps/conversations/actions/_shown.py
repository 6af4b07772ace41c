"""What does a row show of its messages, when some came or went other than one by one?"""

from typing import Any

from servewell.apps.conversations import queries
from servewell.apps.conversations.actions import _messages
from servewell.apps.conversations.models import Author, Conversation, Message, MessageKind


def columns(conversation: Conversation) -> dict[str, Any]:
    """Return the columns of a conversation that show the latest messages of it and of what was merged into it."""
    rows = Message.objects.filter(conversation_id__in=queries.merged_here(conversation.id)).order_by("created_at", "id")
    public = rows.filter(kind=MessageKind.PUBLIC)
    newest, shown, theirs = rows.last(), public.last(), public.filter(author_kind=Author.CUSTOMER).last()
    return {
        "last_message_at": newest.created_at if newest else conversation.last_message_at,
        "preview": _messages.preview(shown.text) if shown else "",
        "preview_author": shown.author_kind if shown else "",
        "last_customer_message_at": theirs.created_at if theirs else None,
    }

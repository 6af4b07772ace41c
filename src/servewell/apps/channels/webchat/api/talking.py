"""A visitor writes, and reads what was answered."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from servewell.apps.base import settings
from servewell.apps.channels.webchat import actions, view
from servewell.apps.channels.webchat.api import asking, shown
from servewell.apps.channels.webchat.api.shapes import MessageIn, MessagesShown, WrittenShown
from servewell.apps.channels.webchat.errors import NothingWritten, TooLong
from servewell.apps.channels.webchat.receiving import Words
from servewell.apps.conversations.models import Message

router = Router(auth=asking.VisitorAuth())
LONGEST = 4000  # characters of a message
_BIGGEST = 2**31 - 1


class PartWanted(Schema):
    """Which part; without anything the newest."""

    conversation: UUID | None = None
    after: int | None = Field(default=None, ge=0, le=_BIGGEST)
    before: int | None = Field(default=None, ge=0, le=_BIGGEST)
    limit: int = Field(default=50, ge=1, le=100)


@router.get("/{uuid:site}/messages", response=MessagesShown, by_alias=True)
def read_messages(request: HttpRequest, site: UUID, wanted: Query[PartWanted]) -> dict[str, Any]:
    """Tell what was said in the current conversation, oldest first."""
    visitor = asking.visitor_of(request)
    now = view.current(visitor)
    if now is None:
        return {"conversation": None, "more": False, "items": []}
    after = wanted.after if wanted.conversation in (None, now.id) else 0
    rows, more = view.part(now, after=after, before=wanted.before, limit=wanted.limit)
    return {"conversation": now.id, "more": more, "items": shown.messages(rows, visitor)}


@router.post("/{uuid:site}/messages", response={201: WrittenShown, 200: WrittenShown})
def send_message(request: HttpRequest, site: UUID, said: MessageIn) -> Status[dict[str, Any]]:
    """Write to the shop; the same `client_id` twice is one message (200 the second time)."""
    visitor = asking.visitor_of(request)
    most = settings.get("channels_webchat.messages_per_minute")
    asking.hold(f"chat:messages:{visitor.id}", per_minute=most, burst=max(3, most // 2))
    received = actions.write(visitor, _words(said))
    message = Message.objects.get(pk=received.message_id)
    written = {
        "id": message.id,
        "client_id": said.client_id,
        "conversation": received.conversation_id,
        "position": message.position,
        "at": message.created_at,
        "new_conversation": received.is_new_conversation,
    }
    return Status(200 if received.is_repeat else 201, written)


def _words(said: MessageIn) -> Words:
    if len(said.text) > LONGEST:
        raise TooLong(most=LONGEST)
    if not said.text.strip() and not said.files:
        raise NothingWritten
    return Words(
        client_id=said.client_id, text=said.text, files=said.files, wrote_at=said.wrote_at, language=said.language
    )

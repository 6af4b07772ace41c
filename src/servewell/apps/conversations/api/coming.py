"""How does a conversation begin from outside? A customer's message is handed in, or one of us writes first."""

from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from servewell.apps.base import attachments
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import InboundFile, InboundMessage, Received
from servewell.apps.conversations.api import shown
from servewell.apps.conversations.api.reading import demanded
from servewell.apps.conversations.api.shapes import EXAMPLE_ID, EXAMPLE_TIME, ConversationShown, Priorities, example
from servewell.apps.conversations.attachments import access
from servewell.apps.conversations.attachments.http import AttachmentShown
from servewell.apps.conversations.attachments.http import shown as shown_file
from servewell.apps.conversations.inbox.filters import Channels
from servewell.apps.conversations.inbox.http import router
from servewell.apps.customers import queries as customers
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.identities import Identity

__all__ = ["router"]  # that of the list: one address, one router


class IdentityGiven(Schema):
    """What the customer is known by over there."""

    kind: Literal["external", "email", "phone", "visitor"]
    value: str
    source: str = Field(default="", description="which system's id; not for email and phone")
    verified: bool = Field(default=False, description="the channel proved that it is theirs")
    claimed: bool = Field(default=False, description="the customer only typed it: it finds nobody, and is suggested")


class FileGiven(Schema):
    """A file that was sent before, to /conversations/incoming/attachments."""

    id: UUID
    content_id: str = Field(default="", description="what `cid:` in the HTML names")


class Incoming(Schema):
    """What a customer wrote somewhere else."""

    model_config = example(
        channel="api",
        source="shop",
        external_id="message-8812",
        thread="ticket-77",
        identities=[{"kind": "email", "value": "wang@example.com"}],
        customer_name="王小明",
        subject="订单没有收到",
        text="你好，我的订单 SO-20260310-7 还没有收到。",
        occurred_at=EXAMPLE_TIME,
    )

    channel: Channels
    source: str = Field(default="", description="which account of the channel, or which outside system")
    external_id: str = Field(default="", description="of the message over there; the same twice is one message")
    thread: str = Field(default="", description="of the conversation over there; what has it belongs together")
    conversation: UUID | None = Field(default=None, description="one of ours that the message names")
    customer: UUID | None = Field(default=None, description="who wrote, where that is known")
    identities: list[IdentityGiven] = Field(default_factory=list, max_length=50)
    customer_name: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: list[FileGiven] = Field(default_factory=list, max_length=50)
    occurred_at: datetime | None = Field(default=None, description="when it was written; null: now")
    language: str = ""
    team: UUID | None = Field(default=None, description="of a new conversation")
    tags: list[UUID] = Field(default_factory=list, max_length=100, description="of a new conversation")
    fields: dict[str, Any] = Field(default_factory=dict, description="of a new conversation")

    def message(self) -> InboundMessage:
        """Return it as every channel hands it over."""
        given = {name: getattr(self, name) for name in _AS_IT_IS}
        return InboundMessage(
            **given,
            identities=tuple(Identity(**one.model_dump()) for one in self.identities),
            attachments=tuple(InboundFile(file.id, file.content_id) for file in self.attachments),
            tags=tuple(self.tags),
        )


_AS_IT_IS = (
    *("channel", "source", "external_id", "thread", "conversation", "customer", "customer_name", "subject", "text"),
    *("html", "occurred_at", "language", "team", "fields"),
)


class ReceivedShown(Schema):
    """What became of a customer's message."""

    conversation: UUID
    number: int
    message: UUID
    is_new_conversation: bool
    is_repeat: bool  # we had it already; nothing changed


class DeliveryReport(Schema):
    """How far a message got on its way to the customer."""

    model_config = example(state="delivered", external_id="<01a2@shop.example>")

    state: Literal["queued", "sent", "delivered", "read", "failed"]
    reason: str = Field(default="", description="why it failed, in words of the other side")
    external_id: str = Field(default="", description="of the message over there")


class DeliveryNoted(Schema):
    """What became of a report."""

    is_news: bool


class ConversationWanted(Schema):
    """A conversation that one of us begins."""

    model_config = example(customer=EXAMPLE_ID, channel="email", subject="您的退款", text="您好，退款已到账。")

    customer: UUID
    channel: Channels
    source: str = ""
    subject: str = ""
    text: str = Field(default="", description="what to write to the customer at once, if anything")
    html: str = ""
    attachments: list[UUID] = Field(default_factory=list, max_length=50)
    team: UUID | None = Field(default=None, description="null: one's own, where one has just one")
    priority: Priorities = "normal"
    tags: list[UUID] = Field(default_factory=list, max_length=100)
    fields: dict[str, Any] = Field(default_factory=dict)
    language: str = ""


@router.post("/incoming", response={200: ReceivedShown, 201: ReceivedShown})
def receive(request: HttpRequest, body: Incoming) -> Status[dict[str, Any]]:
    """Hand in what a customer wrote: 201, or 200 for a message we had already.

    It joins the conversation of its thread, or the customer's own that it names, or begins a new one. Text that is too
    long is cut and kept whole as an attachment; HTML is made safe; nothing a customer wrote is refused for its form.
    """
    principal = demanded(request, "conversations.receive")
    access.demand_usable(principal, [file.id for file in body.attachments])
    received = actions.receive(_channel(principal), body.message())
    return Status(200 if received.is_repeat else 201, _received(received))


@router.post("/incoming/attachments", response={201: AttachmentShown})
def receive_file(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Send a file of a customer, as the field `file` of a form; an incoming message then names its id."""
    principal = demanded(request, "conversations.receive")
    kept = attachments.upload(cast(BinaryIO, file), file.name or "", file.content_type or "", principal.id)
    return Status(201, shown_file(kept))


@router.put("/messages/{uuid:message_id}/delivery", response=DeliveryNoted)
def note_delivery(request: HttpRequest, message_id: UUID, body: DeliveryReport) -> dict[str, Any]:
    """Report how far a message of ours got; what tells less than is known changes nothing."""
    principal = demanded(request, "conversations.receive")
    is_news = actions.deliver(
        _channel(principal), message_id, body.state, reason=body.reason, external_id=body.external_id
    )
    return {"is_news": is_news}


@router.post("", response={201: ConversationShown})
def open_conversation(request: HttpRequest, body: ConversationWanted) -> Status[dict[str, Any]]:
    """Begin a conversation with a customer, and write to them at once if there is something to say."""
    principal = demanded(request, "conversations.write")
    if not customers.visible_to(principal).filter(pk=customers.resolve(body.customer)).exists():
        raise NoSuchCustomer
    access.demand_usable(principal, body.attachments)
    opened = actions.open_for(principal, body.customer, **body.model_dump(exclude={"customer"}))
    return Status(201, shown.conversation(principal, opened.conversation_id))


def _channel(principal: Principal) -> Principal:
    """Return the program as a channel: whoever may bring messages in brings them for every team."""
    return replace(principal, kind="system", scopes=None)


def _received(received: Received) -> dict[str, Any]:
    return {
        "conversation": received.conversation_id,
        "number": received.number,
        "message": received.message_id,
        "is_new_conversation": received.is_new_conversation,
        "is_repeat": received.is_repeat,
    }

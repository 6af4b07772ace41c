"""What do an outside system and we say to each other?"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from servewell.apps.conversations.actions import InboundFile, InboundMessage
from servewell.apps.conversations.api.shapes import EXAMPLE_TIME, example
from servewell.apps.conversations.inbox.filters import Channels
from servewell.apps.customers.identities import Identity


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
        source="shop",
        external_id="message-8812",
        thread="ticket-77",
        identities=[{"kind": "email", "value": "wang@example.com"}],
        customer_name="王小明",
        subject="订单没有收到",
        text="你好，我的订单 SO-20260310-7 还没有收到。",
        occurred_at=EXAMPLE_TIME,
    )

    channel: Channels | None = Field(
        default=None, description="how it counts; null: as the account of the source says, else `api`"
    )
    source: str = Field(default="", description="which outside system; one with an account gets our answers")
    external_id: str = Field(default="", description="of the message over there; the same twice is one message")
    thread: str = Field(default="", description="of the conversation over there; what has it belongs together")
    answers: list[str] = Field(
        default_factory=list, max_length=100, description="ids over there of messages that it answers, nearest first"
    )
    conversation: UUID | None = Field(default=None, description="one of ours that the message names")
    customer: UUID | None = Field(default=None, description="who wrote, where that is known")
    identities: list[IdentityGiven] = Field(default_factory=list, max_length=50)
    customer_name: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    quoted: str = Field(default="", description="what stood below the text: earlier messages, a signature")
    attachments: list[FileGiven] = Field(default_factory=list, max_length=50)
    occurred_at: datetime | None = Field(default=None, description="when it was written; null: now")
    language: str = ""
    recipient: str = Field(default="", description="to which of our addresses or numbers it was sent; for rules")
    team: UUID | None = Field(default=None, description="of a new conversation; null: by rule, else the account's")
    tags: list[UUID] = Field(default_factory=list, max_length=100, description="of a new conversation")
    fields: dict[str, Any] = Field(default_factory=dict, description="of a new conversation")

    def message(self) -> InboundMessage:
        """Return it as every channel hands it over."""
        return InboundMessage(
            **{name: getattr(self, name) for name in _AS_IT_IS},
            channel=self.channel or "",
            answers=tuple(self.answers),
            identities=tuple(
                Identity(one.kind, one.value, one.source, one.verified, one.claimed) for one in self.identities
            ),
            attachments=tuple(InboundFile(file.id, file.content_id) for file in self.attachments),
            tags=tuple(self.tags),
        )


_AS_IT_IS = (
    *("source", "external_id", "thread", "conversation", "customer", "customer_name", "subject", "text", "html"),
    *("quoted", "occurred_at", "language", "recipient", "team", "fields"),
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


class AnswerFile(Schema):
    """A file of an answer."""

    id: UUID
    name: str
    media_type: str
    size: int  # bytes
    content_id: str  # what `cid:` in the HTML names
    path: str  # to fetch it with the key
    link: str  # to fetch it without one, for an hour; "" while the public address is not set


class ConversationNamed(Schema):
    """The conversation of an answer."""

    id: UUID
    number: int
    thread: str  # its name over there
    subject: str


class CustomerNamed(Schema):
    """To whom an answer goes."""

    id: UUID
    identities: dict[str, str]  # of each kind the surest


class AnswerShown(Schema):
    """What one of us wrote."""

    id: UUID
    text: str
    html: str
    language: str
    written_at: datetime
    files: list[AnswerFile]


class Answer(Schema):
    """An answer, as a callback gets it."""

    type: Literal["message"]
    id: str  # the same however often it is told
    attempt: int
    account: UUID
    source: str
    conversation: ConversationNamed
    customer: CustomerNamed
    message: AnswerShown


class Answers(Schema):
    """Answers that wait to be fetched, oldest first."""

    items: list[Answer]
    next: str | None  # cursor of the next page


def received(message: Any) -> dict[str, Any]:
    """Return what became of a message (`Received`)."""
    return {
        "conversation": message.conversation_id,
        "number": message.number,
        "message": message.message_id,
        "is_new_conversation": message.is_new_conversation,
        "is_repeat": message.is_repeat,
    }

"""In which shapes do conversations and messages leave? As a list's rows, with what only one of them shows."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from servewell.apps.conversations.inbox.http import ConversationRow, Looker, Named

Statuses = Literal["open", "waiting_us", "waiting_customer", "solved", "closed"]
Priorities = Literal["low", "normal", "high", "urgent"]
Deliveries = Literal["received", "none", "queued", "sent", "delivered", "read", "failed"]
LinkKinds = Literal["related", "duplicate", "follow_up", "caused_by"]

__all__ = ["Looker"]
EXAMPLE_ID = "0196a4c1-7d2e-7b3a-9c54-0f4d1e2a3b4c"
EXAMPLE_TIME = "2026-03-10T12:00:00Z"


def example(**values: Any) -> ConfigDict:
    """Return the setting that shows an example in the description."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Numbered(Schema):
    """Another conversation, as it is spoken of."""

    id: UUID
    number: int


class LinkShown(Schema):
    """What a conversation has to do with another."""

    id: UUID
    kind: LinkKinds
    is_from_here: bool  # this one is the follow-up, duplicate or consequence; else the other one is
    conversation: Numbered
    subject: str | None  # null where one may not read the other


class ConversationShown(ConversationRow):
    """One conversation."""

    source: str
    external_id: str
    fields: dict[str, Any]  # key of a custom field -> value
    read_until: int | None  # position of the last message that whoever asks has seen; null for a program
    following: bool
    followers: list[Named] = Field(description="the first 100")
    links: list[LinkShown] = Field(description="the first 100")
    merged_into: Numbered | None  # where it goes on
    merged: list[Numbered] = Field(description="what goes on here: the first 100")
    more: list[Literal["followers", "links", "merged"]] = Field(description="of which of these there are more than 100")
    split_from: Numbered | None
    first_reply_at: datetime | None
    last_customer_message_at: datetime | None
    reopened: int  # how often


class AuthorShown(Schema):
    """Who wrote."""

    kind: Literal["customer", "agent", "bot", "system"]
    id: UUID | None
    name: str


class FileShown(Schema):
    """A file of a message."""

    id: UUID
    name: str
    media_type: str  # by its bytes
    size: int  # bytes
    content_id: str  # what `cid:` in the HTML names


class MessageShown(Schema):
    """A message or note."""

    id: UUID
    conversation: UUID  # where it was written, also when that was merged since
    position: int  # in that conversation
    kind: Literal["public", "note"]
    author: AuthorShown
    text: str
    html: str  # safe to show; empty where there is none
    language: str
    delivery: Deliveries
    delivery_sentence: str  # why it waits or failed, in the reader's language; empty where there is nothing to say
    delivery_reason: str  # the same in words of the other side
    external_id: str
    mentions: list[Named]
    attachments: list[FileShown]
    cut: bool  # the text was too long; an attachment holds all of it
    split_from: UUID | None  # conversation it stood in before
    created_at: datetime  # when it was written
    recorded_at: datetime


class MessagePage(Schema):
    """Some messages of a conversation, newest first."""

    items: list[MessageShown]
    next: str | None  # cursor of older ones
    previous: str | None  # cursor of newer ones; null at the newest


class NoteKept(Schema):
    """A note, and whom it does not reach."""

    message: MessageShown
    unseen: list[str]  # names of those called on who cannot read this conversation
    unknown: list[UUID]  # whom nobody here is called
    sentences: list[str]  # the same in words


class HistoryLine(Schema):
    """One thing that happened."""

    id: UUID  # of the event
    at: datetime
    event: str
    who: str
    sentence: str


class HistoryPage(Schema):
    """Some of what happened, oldest first."""

    items: list[HistoryLine]
    next: str | None = Field(description="cursor of what happened later; null: this is the last page")


class ReplyWanted(Schema):
    """What to write to the customer."""

    model_config = example(text="您好，您的退款已经提交，预计三个工作日内到账。", seen=3, solve=False)

    text: str = ""
    html: str = ""
    attachments: list[UUID] = Field(default_factory=list, max_length=50)
    solve: bool = False  # and it is done
    status: Literal["waiting_us", "waiting_customer", "solved"] | None = None  # whose turn it is then
    seen: int | None = Field(default=None, ge=0, description="position of the last message that the writer saw")
    anyway: bool = False  # send although others wrote since `seen`
    suggested: bool | None = None  # whether the text was proposed by Servewell
    external_id: str = ""  # of the message in the other system: the same twice is one reply


class NoteWanted(Schema):
    """What to tell colleagues."""

    model_config = example(text="已与仓库确认，今天补发。", mentions=[EXAMPLE_ID])

    text: str = ""
    html: str = ""
    attachments: list[UUID] = Field(default_factory=list, max_length=50)
    mentions: list[UUID] = Field(default_factory=list, max_length=100)

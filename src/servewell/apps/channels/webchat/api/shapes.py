"""What do requests and answers of the chat look like?"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field


class Taken(Schema):
    """Something that is read; what it holds besides is ignored, so that an older server understands a newer widget."""

    model_config = ConfigDict(extra="ignore")


class PageIn(Taken):
    """The page that the widget sits on."""

    url: str = ""
    title: str = ""
    referrer: str = ""


class HelloIn(Taken):
    """How a visitor comes."""

    identity: str = Field(default="", description="signed by the site: base64url(JSON).hex(HMAC-SHA-256)")
    language: str = ""
    page: PageIn = PageIn()


class MessageIn(Taken):
    """What a visitor writes."""

    client_id: UUID
    text: str = ""
    files: list[UUID] = Field(default=[], max_length=20)
    form: dict[str, Any] = {}
    page: PageIn = PageIn()
    wrote_at: datetime | None = None
    language: str = ""


class PositionIn(Taken):
    """Up to where somebody has read."""

    conversation: UUID
    position: int = Field(ge=0, le=2**31 - 1)


class TypingIn(Taken):
    """Does the visitor type?"""

    state: Literal["typing", "stopped"]


class TranscriptIn(Taken):
    """Where the transcript goes."""

    email: str = Field(max_length=320)


class SentenceShown(Schema):
    """What was done, in words."""

    sentence: str


class OptionShown(Schema):
    """An answer to choose."""

    code: str
    name: str


class QuestionShown(Schema):
    """A field of the form."""

    key: str
    kind: str
    name: str
    required: bool
    most: int = Field(description="characters; 0: as usual")
    options: list[OptionShown]


class ConfigShown(Schema):
    """What a widget wants to know of a site."""

    site: UUID
    name: str
    language: str
    languages: list[str]
    texts: dict[str, str]
    look: dict[str, Any]
    form: list[QuestionShown]
    hours: "HoursShown"
    files: dict[str, Any]
    identity: Literal["none", "optional", "required"]
    transcript: bool
    limits: dict[str, int]
    rings: bool


class EarlierShown(Schema):
    """A conversation of before."""

    id: UUID
    number: int
    status: Literal["waiting", "active", "solved", "ended"]
    started_at: datetime
    ended_at: datetime | None
    preview: str


class EarlierPage(Schema):
    """The conversations of somebody whose identity is signed, newest first."""

    items: list[EarlierShown]


class VisitorShown(Schema):
    """Who one is, here."""

    id: UUID
    identified: bool
    name: str


class AgentShown(Schema):
    """Who of us has it, as customers read it."""

    name: str


class ChatShown(Schema):
    """The conversation one is in."""

    id: UUID
    number: int
    status: Literal["waiting", "active", "solved", "ended"]
    agent: AgentShown | None
    started_at: datetime
    ended_at: datetime | None
    last_position: int


class QueueShown(Schema):
    """How long it may take until somebody comes."""

    ahead: int
    position: int
    wait_s: int | None
    sentence: str


class ReadShown(Schema):
    """Who has read up to which position."""

    visitor: int
    agents: int


class TypingShown(Schema):
    """Somebody of us writes just now."""

    name: str
    state: Literal["typing", "stopped"]


class HoursShown(Schema):
    """Is somebody there?"""

    open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    takes_messages: bool
    sentence: str


class StateShown(Schema):
    """How things stand."""

    visitor: VisitorShown
    conversation: ChatShown | None
    queue: QueueShown | None
    unread: int
    read: ReadShown
    typing: list[TypingShown]
    ask: list[str]
    hours: HoursShown


class HelloShown(Schema):
    """The answer to a hello."""

    visitor: VisitorShown
    token: str
    expires_at: datetime
    state: StateShown


class ChatFile(Schema):
    """A file of a message."""

    id: UUID
    name: str
    media_type: str
    size: int
    inline: bool
    url: str


class ChatMessage(Schema):
    """A message as visitors see it."""

    id: UUID
    position: int
    client_id: str
    from_: Literal["visitor", "agent", "system"] = Field(serialization_alias="from")
    name: str
    text: str
    files: list[ChatFile]
    at: datetime
    delivery: str


class MessagesShown(Schema):
    """A part of a conversation, oldest first."""

    conversation: UUID | None
    more: bool
    items: list[ChatMessage]


class WrittenShown(Schema):
    """What became of a message."""

    id: UUID
    client_id: UUID
    conversation: UUID
    position: int
    at: datetime
    new_conversation: bool

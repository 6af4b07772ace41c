"""What do requests and answers of the customer's page look like?"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field


class StepShown(Schema):
    """Something that comes next."""

    kind: str
    sentence: str
    at: datetime | None  # when, if it is known


class PromiseShown(Schema):
    """Something that was promised."""

    kind: str
    sentence: str
    due_at: datetime | None
    state: Literal["open", "kept", "late"]


class CaseFile(Schema):
    """A file of a message."""

    id: UUID
    name: str
    media_type: str
    size: int  # bytes
    inline: bool  # may it be shown in place?
    in_text: bool  # it is a picture that stands in the message's HTML
    url: str  # good for an hour, for this file only


class CaseMessage(Schema):
    """A message, as the customer reads it."""

    id: UUID
    from_: Literal["customer", "us", "system"] = Field(serialization_alias="from", validation_alias="from")
    name: str  # as the writer is called; "" where nobody said
    text: str
    html: str  # safe to show; "" when there was none
    files: list[CaseFile]
    at: datetime
    client_id: str  # what the page called it; "" for others
    failed: bool  # it could not be delivered by its channel; here it can be read


class GoesOn(Schema):
    """The conversation that continues a closed one."""

    number: int
    path: str  # of its page


class Limits(Schema):
    """How much one message may hold."""

    characters: int
    files: int
    megabytes: int  # of one file


class CaseShown(Schema):
    """A conversation, as its customer sees it."""

    house: str  # what the installation is called
    number: int
    subject: str
    language: str
    status: Literal["received", "working", "waiting_for_you", "solved", "closed"]
    since: datetime
    created_at: datetime
    team: str  # "" where it is of no team
    next: list[StepShown]
    promises: list[PromiseShown]
    can_answer: bool
    can_solve: bool
    begins_new: bool  # an answer begins a new conversation that continues this one
    goes_on: GoesOn | None
    messages: list[CaseMessage]
    more: bool  # are there earlier ones?
    limits: Limits


class Earlier(Schema):
    """Earlier messages, oldest first."""

    messages: list[CaseMessage]
    more: bool


class CaseAnswer(Schema):
    """What a customer writes."""

    model_config = ConfigDict(extra="ignore")

    client_id: UUID = Field(description="made by the page: the same twice is one message")
    text: str = ""
    files: list[UUID] = Field(default_factory=list, max_length=50)


class Answered(Schema):
    """What became of it."""

    id: UUID
    client_id: UUID
    number: int
    path: str  # of the page it stands on: another one where it began a new conversation


class Sent(Schema):
    """A file that was sent, for a message to name."""

    id: UUID
    name: str
    media_type: str
    size: int


class CaseLinkShown(Schema):
    """The address of a conversation's page."""

    url: str

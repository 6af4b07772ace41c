"""What does a channel hand over? A message from outside, in one form whatever it came by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from servewell.apps.base import cleaning
from servewell.apps.customers.identities import Identity


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file of a message; its bytes are stored already (`base.attachments`)."""

    attachment_id: UUID
    content_id: str = ""  # what `cid:` in the HTML names


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a customer wrote. Nothing of it was checked or cleaned yet."""

    channel: str  # of models.Channel
    text: str = ""
    source: str = ""  # within which external ids are unique: a channel, a site, an outside system
    account: UUID | None = None  # of the channel's room: by which mailbox, site or number it came
    external_id: str = ""  # of the message over there; the same twice is one message
    thread: str = ""  # of the conversation over there: who knows it belongs to it
    answers: tuple[
        str, ...
    ] = ()  # external ids of messages that it answers, nearest first: who knows one belongs there
    ours: UUID | None = None  # a message of ours that it answers, as the channel has proof of
    conversation: UUID | None = None  # one of ours that it names; a stranger does not join it by that alone
    customer: UUID | None = None  # who wrote, where the caller knows
    identities: tuple[Identity, ...] = ()  # what else tells who wrote
    customer_name: str = ""
    subject: str = ""
    html: str = ""
    cleaned: cleaning.Html | None = None  # `html`, where the channel had to clean it already to read its words
    quoted: str = ""  # what stood below the text: earlier messages, a signature
    attachments: tuple[InboundFile, ...] = ()
    occurred_at: datetime | None = None  # when it was written; None: now
    waits_from_arrival: bool = False  # that is only the writer's word: nobody comes forward in a queue by it
    auto: bool = False  # a program answered, as somebody is away: kept with its conversation, and moves nothing
    language: str = ""
    recipient: str = ""  # to which of our addresses, aliases or numbers it was sent
    team: UUID | None = None  # of a new conversation, as the message itself says
    default_team: UUID | None = None  # of a new conversation that nothing else gives one: the account's
    fields: Mapping[str, Any] = field(default_factory=dict)  # custom fields of a new conversation
    tags: tuple[UUID, ...] = ()  # of a new conversation


@dataclass(frozen=True, slots=True)
class Sorting:
    """What a new conversation gets."""

    team: UUID | None = None
    priority: int | None = None  # of models.Priority; None: normal
    tags: tuple[UUID, ...] = ()  # beside those of the message; they are there
    rule: UUID | None = None  # which rule of the reception said so


@dataclass(frozen=True, slots=True)
class Received:
    """What became of it."""

    conversation_id: UUID
    message_id: UUID
    number: int  # of the conversation
    is_new_conversation: bool
    is_repeat: bool  # we had it already; nothing changed

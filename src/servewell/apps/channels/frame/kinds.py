"""What is a channel? What its folder says about itself, and what passes between it and the frame.

A channel's `apps.py` registers one `Channel`; forms, the health page, sending, taking in and keeping a connection open
follow from that.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servewell.apps.base.errors import OutsideFailure
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.actions import InboundMessage, Received
from servewell.apps.conversations.models import Channel as Ways

LEASE_S = 120.0  # how long the claim of one message to send lasts: above the longest `lease_s` of a channel


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an administrator says about an account.

    Its name stands in the texts as `channels_<code>.field.<key>`, what to put there as `channels_<code>.hint.<key>`,
    the options of a choice as `channels_<code>.option.<key>.<option>`.
    """

    key: str
    kind: str = "text"  # text | lines | secret | number | boolean | choice | colour | url | email | list
    default: Any = ""
    required: bool = False
    options: tuple[str, ...] = ()  # codes of a choice
    least: float | None = None  # of a number
    most: float | None = None  # of a number; characters of a text
    group: str = ""  # heading it stands under: `channels_<code>.group.<group>`
    only_when: tuple[str, tuple[str, ...]] | None = None  # key of a choice and those of its options with which this
    # applies: with others it is neither shown nor required, and its value stays

    def applies(self, said: Mapping[str, Any], fields: "Sequence[Field]") -> bool:
        """Does it count, by the options that are stored?"""
        if self.only_when is None:
            return True
        key, options = self.only_when
        default = next((field.default for field in fields if field.key == key), "")
        return said.get(key, default) in options


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of a message to send; `base.attachments.open(attachment_id)` gives its bytes."""

    attachment_id: UUID
    name: str
    media_type: str
    size: int  # bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What one of us wrote, as a channel sends it."""

    message_id: UUID
    conversation_id: UUID
    number: int  # of the conversation
    customer_id: UUID
    key: str  # the same at every try: the other side drops a repetition by it
    attempt: int  # from 1
    text: str
    html: str
    subject: str
    language: str
    thread: str  # name of the conversation over there, if it has one
    written_at: datetime
    files: Sequence[OutgoingFile] = ()
    identities: Mapping[str, str] = field(default_factory=dict)  # kind (email, phone, ...) to the customer's surest one


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is no message of a conversation: a transcript that somebody asked for."""

    id: UUID  # the same at every try
    to: str  # address
    subject: str
    text: str
    html: str
    language: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """What the other side said when it took a message."""

    external_id: str = ""  # its name over there
    state: str = "sent"  # or delivered, when the channel knows at once
    note: Callable[[], None] | None = None  # what else to write, in the transaction that settles it


class SendFailed(OutsideFailure):
    """A message could not be handed over; `send` raises it.

    `code` is that of the sentence `channels_<channel>.fault.<code>`, `words` what the other side said. `whole`: nothing
    can be sent by this account at present (the password is refused, the server is away), so that it shows as failing.
    """

    def __init__(
        self, code: str, words: str = "", *, permanent: bool, wait: timedelta = timedelta(), whole: bool = False
    ) -> None:
        super().__init__(f"{code}: {words}" if words else code, permanent=permanent, wait=wait)
        self.code, self.words, self.whole = code, words, whole


class KeepFailed(Exception):
    """A connection that is kept could not be, or broke off; `keep` raises it: the account fails with this code."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Checked:
    """What the test button found."""

    ok: bool
    code: str = ""  # of the sentence: `channels_<channel>.check.<code>`
    words: str = ""  # of the other side
    values: Mapping[str, Any] = field(default_factory=dict)  # for the sentence's places
    parts: "Sequence[Checked]" = ()  # what there is to say piece by piece; then `code` names only what is wrong


@dataclass(frozen=True, slots=True)
class Taken:
    """What a channel read in something that arrived. One of `message` and `outcome` is set."""

    message: InboundMessage | None = None  # to be received
    outcome: str = ""  # why it opens no conversation: a code of Arrival.Outcome
    concerns: UUID | None = None  # a message of ours that it tells of (a bounce, a report): erased with its customer
    after: Callable[[Received | None], Received | None] | None = None  # what else to write, in the same transaction;
    # gets what became of `message`, and returns what became of it instead, or None


class Unfit(Exception):
    """What arrived cannot be taken in now: it is set aside with a code and words, for a second try."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(f"{code}: {words}" if words else code)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Channel:
    """A way of contact, as its folder describes it."""

    code: str  # its folder's name
    speaks: str  # of conversations.models.Channel
    fields: tuple[Field, ...]
    check: Callable[[Account], Checked]  # the test button; calls out, never raises for what the other side did
    send: Callable[[Account, Outgoing], Sent] | None = None  # None: what is stored is sent (the customer fetches it)
    take: Callable[[Account, Arrival, bytes], Taken] | None = None  # reads what arrived; no writes. Unfit
    keep: Callable[[Account, threading.Event], None] | None = None  # holds a connection until told to stop
    lease_s: float = 60.0  # how long one call of `send` may take at most
    fits: Callable[[Account, Mapping[str, Any]], None] | None = None  # checks what is about to be stored: the account
    # with its new columns, and its options with opened secrets; raises errors.BadOption. Calls nothing outside
    changed: Callable[[Account, Mapping[str, Any]], None] | None = None  # what follows from a change of an account, in
    # its transaction; gets the options before
    extra: Callable[[Account], Mapping[str, Any]] | None = None  # what else the API shows of an account
    arrival_limit: int = 60 * 2**20  # bytes of one arrival
    mail: Callable[[Account, Mail], None] | None = None  # sends a mail of ours as a machine's; SendFailed
    sources: tuple[str, ...] = ()  # names of InboundMessage.source that nobody else may use; `chat:` stands for all
    # that begin so
    needs_address: bool = False  # has each account an address? `fits` demands it
    tidy: Callable[[], int] | None = None  # forgets each night what is past its time; returns how much


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> Channel:
    """Make a channel known.

    ValueError when another one has its code, it speaks in no way that conversations know, or its calls take longer than
    a claim lasts.
    """
    if channel.speaks not in Ways.values:
        raise ValueError(f"{channel.code} speaks {channel.speaks!r}, which is none of {', '.join(Ways.values)}")
    if channel.lease_s >= LEASE_S:
        raise ValueError(f"a call of {channel.code} may take {channel.lease_s} s, a claim lasts {LEASE_S} s")
    if _channels.setdefault(channel.code, channel) is not channel:
        raise ValueError(f"two channels are called {channel.code}")
    return channel


def of(code: str) -> Channel:
    """Return the channel with this code; KeyError."""
    return _channels[code]


def registered(code: str) -> Channel | None:
    """Return the channel with this code; None when it is not installed (any more)."""
    return _channels.get(code)


def every() -> list[Channel]:
    """Return all channels by code."""
    return [_channels[code] for code in sorted(_channels)]


def is_reserved(source: str) -> bool:
    """Is it the name of a source that a channel uses for what comes by itself?"""
    used = [name for channel in every() for name in channel.sources]
    return any(source == name or (name.endswith(":") and source.startswith(name)) for name in used)

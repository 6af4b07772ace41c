"""How does a message come into a conversation? Cleaned, in its place, with its files, and seen on the row."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from servewell.apps.base import attachments, cleaning, statements
from servewell.apps.base.errors import TextTooLong
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.errors import NoSuchAttachment, NothingWritten
from servewell.apps.conversations.inbound import InboundFile
from servewell.apps.conversations.models import Author, Conversation, Message, MessageAttachment, MessageKind
from servewell.apps.conversations.queries import SQL

LONGEST = 100_000  # characters of a message's text; of what comes in the rest becomes a file
_PREVIEW = 160


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says, fit to be kept."""

    text: str
    html: str = ""
    rest: str = ""  # the whole, where the text had to be cut
    is_html: bool = False  # whether `rest` is


def taken(text: str, html: str, cleaned: cleaning.Html | None = None) -> Words:
    """Return what came in, cut where it is too long: nothing from outside is refused for its size.

    `cleaned` is what cleaning gave of `html`, where that was done already.
    """
    seen = cleaned or (cleaning.html(html) if html.strip() else None)
    short = cleaning.shortened(text if text.strip() or seen is None else seen.text, most=LONGEST)
    safe = seen.safe if seen else ""
    if short.left_out and text.strip():
        return Words(short.text, safe, rest=cleaning.shortened(text, most=len(text) + 1).text)
    if seen and (seen.was_cut or short.left_out):
        return Words(short.text, safe, rest=html, is_html=True)
    return Words(short.text, safe)


def written(text: str, html: str, files: Sequence[UUID]) -> Words:
    """Return what one of us wrote; NothingWritten, TextTooLong: a person can make it shorter."""
    seen = cleaning.html(html) if html.strip() else None
    if seen and seen.was_cut:
        raise TextTooLong(size=len(html), most=LONGEST)
    clean = cleaning.text(text if text.strip() or seen is None else seen.text, most=LONGEST)
    if not clean.strip() and not files:
        raise NothingWritten
    return Words(clean, seen.safe if seen else "")


def draft(conversation: Conversation, words: Words, **columns: Any) -> Message:
    """Return a message for the end of a conversation whose row is locked (or new), not yet stored."""
    return Message(
        conversation=conversation,
        position=conversation.messages + 1,
        text=words.text,
        html=words.html,
        cut=bool(words.rest),
        **columns,
    )


def store(message: Message, words: Words, files: Sequence[InboundFile]) -> Message:
    """Write a message with its files; what it shows on the conversation's row (`seen_on_row`) is the caller's."""
    statements.insert(message)
    attach(message, [*files, *_rest(words)])
    return message


def store_first(message: Message, words: Words, files: Sequence[InboundFile]) -> Message:
    """As `store`, with the message's new conversation, in one statement."""
    statements.insert_both(message.conversation, message)
    attach(message, [*files, *_rest(words)])
    return message


def seen_on_row(conversation: Conversation, message: Message) -> dict[str, Any]:
    """Return the columns of a conversation that show its last message."""
    columns: dict[str, Any] = {
        "messages": message.position,
        "last_message_at": _latest(conversation.last_message_at, message.created_at),
    }
    if message.kind == MessageKind.PUBLIC:
        columns |= {"preview": preview(message.text), "preview_author": message.author_kind}
    if message.author_kind == Author.CUSTOMER:
        columns["last_customer_message_at"] = _latest(conversation.last_customer_message_at, message.created_at)
    return columns


def preview(text: str) -> str:
    """Return the beginning of a text in one line."""
    return cleaning.short_line(text[: _PREVIEW * 8], most=_PREVIEW).text


def attach(message: Message, files: Sequence[InboundFile]) -> None:
    """Give a message its files, in their order; NoSuchAttachment."""
    if not files:
        return
    wanted = {file.attachment_id for file in files}
    if Attachment.objects.filter(id__in=wanted).count() != len(wanted):
        raise NoSuchAttachment
    MessageAttachment.objects.bulk_create(
        MessageAttachment(
            message=message, attachment_id=file.attachment_id, content_id=_content_id(file.content_id), position=at
        )
        for at, file in enumerate(files)
    )


def outside_name(given: str, most: int = 998) -> str:
    """Return an id from outside so that it still tells two things apart when it is longer than we keep."""
    clean = cleaning.short_line(given, most=len(given) + 1).text
    if len(clean) <= most:
        return clean
    mark = hashlib.sha256(clean.encode()).hexdigest()
    return f"{clean[: most - len(mark) - 1]}~{mark}"


def read_own(principal: Principal, message: Message, *, all_before: bool) -> None:
    """Let nobody's own words be unread for them; whoever answers has read `all_before`, whoever notes perhaps not."""
    if principal.kind == "agent":
        values = {"user": principal.id, "conversation": message.conversation_id, "position": message.position}
        statements.run(SQL["mark_read" if all_before else "read_on"], values)


def author(principal: Principal) -> tuple[Author, UUID | None]:
    """Return the kind and id of the author as whom a principal writes; a program with a key writes as the system."""
    kinds = {"agent": Author.AGENT, "bot": Author.BOT, "customer": Author.CUSTOMER}
    return kinds.get(principal.kind, Author.SYSTEM), principal.id


def _rest(words: Words) -> list[InboundFile]:
    if not words.rest:
        return []
    raw = words.rest.encode("utf-8", "replace")[: attachments.LIMIT]
    stored = attachments.store(BytesIO(raw), "message.html" if words.is_html else "message.txt", "text/plain")
    return [InboundFile(stored.id)]


def _content_id(raw: str) -> str:
    return cleaning.short_line(raw, most=300).text


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)

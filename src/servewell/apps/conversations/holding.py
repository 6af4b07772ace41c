"""What do we hold about a customer, and what happened with them? For the export, the erasure and the time line."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from servewell.apps.base import texts
from servewell.apps.conversations import names, queries
from servewell.apps.conversations.models import Author, Conversation, Message, MessageAttachment, MessageKind
from servewell.apps.customers import holdings, timeline
from servewell.apps.customers.holdings import Family, Holder, Record
from servewell.apps.customers.timeline import Asked, Item

_CONVERSATION = [
    "id",
    "number",
    "channel",
    "source",
    "external_id",
    "subject",
    "language",
    "status",
    "contact_type",
    "sentiment",
    "fields",
    "created_at",
    "last_message_at",
    "solved_at",
    "closed_at",
]
_MESSAGE = [
    "id",
    "conversation_id",
    "position",
    "kind",
    "author_kind",
    "text",
    "html",
    "language",
    "delivery",
    "created_at",
]
_PREVIEW = 160


def conversations(family: Family) -> QuerySet[Conversation]:
    """Return the conversations of a customer."""
    return Conversation.objects.filter(customer__in=list(family))


def messages(family: Family) -> QuerySet[Message]:
    """Return all messages and notes of a customer's conversations, and what they wrote in those of others."""
    theirs = Q(conversation__customer__in=list(family))
    return Message.objects.filter(theirs | Q(author_kind=Author.CUSTOMER, author__in=list(family)))


def files(family: Family) -> list[UUID]:
    """Return the files of these messages that no message of somebody else carries."""
    carried = MessageAttachment.objects.filter(message__in=messages(family))
    wanted = set(carried.values_list("attachment_id", flat=True))
    others = MessageAttachment.objects.filter(attachment__in=wanted).exclude(message__in=messages(family))
    return sorted(wanted - set(others.values_list("attachment_id", flat=True)))


def records(family: Family) -> Iterator[Record]:
    """Yield what we hold, conversation by conversation and message by message."""
    for conversation in conversations(family).order_by("id").iterator():
        yield "conversations", _plain(conversation, _CONVERSATION)
    for message in messages(family).order_by("conversation_id", "position").iterator():
        yield "messages", _plain(message, _MESSAGE)


def count(family: Family) -> int:
    """Return how many conversations and messages an erasure takes away."""
    return conversations(family).count() + messages(family).count()


@timeline.provider("conversations")
def told(asked: Asked) -> list[Item]:
    """Return the messages and notes of a customer's conversations that the asker may read, newest first."""
    readable = queries.visible_to(asked.principal).filter(customer__in=list(asked.family))
    rows = Message.objects.filter(conversation__in=readable).select_related("conversation")
    if asked.before is not None:
        at, id_ = asked.before
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=id_))
    page = list(rows.order_by("-created_at", "-id")[: asked.most])
    authors = names.authors(page, asked.language)
    return [_item(message, authors[message.id], asked.language) for message in page]


def _item(message: Message, who: str, language: str) -> Item:
    kind = _kind(message)
    number = f"#{message.conversation.number}"
    return Item(
        at=message.created_at,
        id=message.id,
        kind=kind,
        sentence=texts.say(f"conversations.timeline.{kind}", language, who=who, number=number),
        conversation=message.conversation_id,
        channel=message.conversation.channel,
        actor_kind=message.author_kind,
        actor=message.author,
        details={
            "number": message.conversation.number,
            "preview": " ".join(message.text[: _PREVIEW * 2].split())[:_PREVIEW],
        },
    )


def _kind(message: Message) -> str:
    if message.kind == MessageKind.NOTE:
        return "noted"
    return "received" if message.author_kind == Author.CUSTOMER else "replied"


def _plain(row: Any, columns: list[str]) -> dict[str, Any]:
    return {column: getattr(row, column) for column in columns}


holdings.register(Holder("conversations", records=records, count=count, files=files))

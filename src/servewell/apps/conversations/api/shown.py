"""How does a conversation or a message look from outside? Rows with the names of their ids, in few queries."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from servewell.apps.base import texts
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import queries
from servewell.apps.conversations.models import (
    PRIORITIES,
    Author,
    Conversation,
    Follower,
    Link,
    Message,
    ReadMark,
    Tag,
)
from servewell.apps.customers.models import Customer
from servewell.apps.people import permissions
from servewell.apps.people.models import ApiKey, User

_WORDS = {int(number): word for word, number in PRIORITIES.items()}
_PLAIN = (
    *("id", "number", "subject", "status", "channel", "source", "external_id", "language", "contact_type", "sentiment"),
    *("fields", "preview", "preview_author", "messages", "snoozed_until", "next_due_at", "due_state", "waiting_since"),
    *("last_message_at", "last_customer_message_at", "first_reply_at", "created_at", "updated_at", "solved_at"),
    *("closed_at", "reopened", "version"),
)
_MESSAGE = (
    *("id", "position", "kind", "text", "html", "language", "delivery", "delivery_reason", "external_id", "cut"),
    *("split_from", "created_at", "recorded_at"),
)
_JOINED = ("customer", "team", "assignee", "merged_into", "split_from")
MOST = 100  # followers, links, and conversations that go on here, that are shown
Shown = dict[str, Any]


def conversation(principal: Principal, conversation_id: UUID) -> Shown:
    """Return one conversation with all that its page shows beside the messages; it is read again, with its names."""
    row = Conversation.objects.select_related(*_JOINED).get(pk=conversation_id)
    read = _read_until(principal, row)
    followers = list(queries.followers(row.id)[: MOST + 1])
    linked = links(principal, row, MOST + 1)
    merged = list(Conversation.objects.filter(merged_into=row).order_by("number")[: MOST + 1])
    around: dict[str, Sequence[object]] = {"followers": followers, "links": linked, "merged": merged}
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "priority": _WORDS[row.priority],
        "customer": _customer(row.customer),
        "team": _named(row.team),
        "assignee": _named(row.assignee),
        "tags": _tags(row.tags),
        "unread": None if read is None else max(0, row.messages - read),
        "read_until": read,
        "looking": looking(principal, row.id),
        "following": _follows(principal, row, followers),
        "followers": [_person(one.user) for one in followers[:MOST]],
        "links": linked[:MOST],
        "merged_into": numbered(row.merged_into),
        "merged": [numbered(one) for one in merged[:MOST]],
        "more": [name for name, some in around.items() if len(some) > MOST],
        "split_from": numbered(row.split_from),
    }


def links(principal: Principal, row: Conversation, most: int = 1_000) -> list[Shown]:
    """Return what a conversation has to do with others, both ways, the first; subjects only of what one may read."""
    rows = Link.objects.filter(Q(one=row) | Q(other=row)).select_related("one", "other").order_by("created_at", "id")
    return [_link(principal, row, link) for link in rows[:most]]


def looking(principal: Principal, conversation_id: UUID) -> list[Shown]:
    """Return which others have a conversation open just now."""
    others = [one for one in queries.lookers(conversation_id) if one.user_id != principal.id]
    return [{**_person(one.user), "state": one.state} for one in others]


def messages(rows: Sequence[Message], language: str) -> list[Shown]:
    """Return messages with their authors, mentions and files; the rows' files are fetched already."""
    people, customers, keys = _authors(rows)
    names: dict[UUID, str] = {**people, **customers, **keys}
    return [_message(row, names, language) for row in rows]


def numbered(row: Conversation | None) -> Shown | None:
    """Return a conversation as it is spoken of."""
    return None if row is None else {"id": row.id, "number": row.number}


def _message(row: Message, names: dict[UUID, str], language: str) -> Shown:
    author = names.get(row.author, "") if row.author else ""
    stand_in = texts.say(f"conversations.name.{row.author_kind}", language)
    return {
        **{name: getattr(row, name) for name in _MESSAGE},
        "delivery_sentence": _sentence(row.delivery_code, language),
        "conversation": row.conversation_id,
        "author": {"kind": row.author_kind, "id": row.author, "name": author or stand_in},
        "mentions": [{"id": one, "name": names[one]} for one in row.mentions if one in names],
        "attachments": [
            {
                "id": file.attachment.id,
                "name": file.attachment.name,
                "media_type": file.attachment.media_type,
                "size": file.attachment.size,
                "content_id": file.content_id,
            }
            for file in row.files.all()
        ],
    }


def _sentence(code: str, language: str) -> str:
    """Return the sentence that a channel left with a message; one it does not know any more says nothing."""
    try:
        return texts.say(code, language) if texts.known(code) else ""
    except KeyError:  # a place that only the channel could fill
        return ""


def _authors(rows: Iterable[Message]) -> tuple[dict[UUID, str], dict[UUID, str], dict[UUID, str]]:
    """Return the names of users, customers and keys that messages speak of; one query for each kind that occurs."""
    by_kind: dict[str, set[UUID]] = {}
    for row in rows:
        if row.author is not None:
            by_kind.setdefault(row.author_kind, set()).add(row.author)
        by_kind.setdefault(Author.AGENT, set()).update(row.mentions)
    people = User.objects.in_bulk(by_kind.get(Author.AGENT) or ())
    customers = Customer.objects.in_bulk(by_kind.get(Author.CUSTOMER) or ())
    keys = ApiKey.objects.in_bulk(by_kind.get(Author.SYSTEM) or ())
    return (
        {pk: str(user) for pk, user in people.items()},
        {pk: customer.name for pk, customer in customers.items()},
        {pk: key.name for pk, key in keys.items()},
    )


def _follows(principal: Principal, row: Conversation, shown: Sequence[Follower]) -> bool:
    """Does who asks follow it? Asked apart only where not all followers were fetched."""
    if any(one.user_id == principal.id for one in shown):
        return True
    return len(shown) > MOST and principal.id in queries.followers(row.id).values_list("user_id", flat=True)


def _link(principal: Principal, row: Conversation, link: Link) -> Shown:
    from_here = link.one_id == row.id
    other = link.other if from_here else link.one
    readable = permissions.can(principal, queries.READ, other)
    return {
        "id": link.id,
        "kind": link.kind,
        "is_from_here": from_here,
        "conversation": numbered(other),
        "subject": other.subject if readable else None,
    }


def _read_until(principal: Principal, row: Conversation) -> int | None:
    """Return how far who asks has read; None for a program, which does not."""
    if principal.kind != "agent" or principal.id is None:
        return None
    marks = ReadMark.objects.filter(user_id=principal.id, conversation=row)
    return marks.values_list("position", flat=True).first() or 0


def _customer(row: Customer) -> Shown:
    """Return who goes on for the conversation's customer."""
    last = row if row.root_id == row.id else Customer.objects.get(pk=row.root_id)
    return {"id": last.id, "name": last.name, "tier": last.tier}


def _tags(tags: list[UUID]) -> list[Shown]:
    rows = Tag.objects.in_bulk(tags) if tags else {}
    return [{"id": tag, "name": rows[tag].name, "colour": rows[tag].colour} for tag in tags if tag in rows]


def _named(row: Any) -> Shown | None:
    return None if row is None else {"id": row.id, "name": str(row)}


def _person(user: User) -> Shown:
    return {"id": user.id, "name": str(user)}

"""How does the chat tell a visitor what it knows?"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from servewell.apps.base import media
from servewell.apps.base.models import Attachment
from servewell.apps.channels.webchat import links, view
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.view import Current
from servewell.apps.conversations.models import Author, Message
from servewell.apps.people.models import User

_FROM = {Author.CUSTOMER: "visitor", Author.AGENT: "agent", Author.BOT: "agent", Author.SYSTEM: "system"}


def visitor(row: Visitor) -> dict[str, Any]:
    """Return who somebody is, here."""
    return {"id": row.id, "identified": row.is_identified, "name": row.signed.get("name", "")}


def state(row: Visitor, language: str) -> dict[str, Any]:
    """Return how things stand for a visitor."""
    now = view.current(row)
    read = row.read_position if now and now.id == row.conversation_id else 0
    return {
        "visitor": visitor(row),
        "conversation": conversation(now) if now else None,
        "queue": None,
        "unread": view.unread(now, read) if now else 0,
        "read": {"visitor": read, "agents": min(now.agents_read, now.messages) if now else 0},
        "typing": [],
        "ask": [],
        "hours": {"open": True, "opens_at": None, "closes_at": None, "takes_messages": True, "sentence": ""},
    }


def conversation(now: Current) -> dict[str, Any]:
    """Return the conversation one is in."""
    return {
        "id": now.id,
        "number": now.number,
        "status": now.status,
        "agent": {"name": now.agent} if now.agent and not now.is_blocked else None,
        "started_at": now.created_at,
        "ended_at": now.closed_at if now.status == "ended" else None,
        "last_position": now.messages,
    }


def messages(rows: Iterable[Message], row: Visitor) -> list[dict[str, Any]]:
    """Return messages as their visitor sees them."""
    found = list(rows)
    names = _names(one.author for one in found if one.author_kind == Author.AGENT)
    return [_message(one, row, names) for one in found]


def file(one: Attachment, row: Visitor) -> dict[str, Any]:
    """Return a file, with a link that opens it for an hour."""
    return {
        "id": one.id,
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "inline": one.media_type in media.INLINE,
        "url": links.to(one.id, row),
    }


def _message(one: Message, row: Visitor, names: dict[UUID | None, str]) -> dict[str, Any]:
    own = f"{row.id}:"
    return {
        "id": one.id,
        "position": one.position,
        "client_id": one.external_id.removeprefix(own) if one.external_id.startswith(own) else "",
        "from_": _FROM[Author(one.author_kind)],
        "name": names.get(one.author, ""),
        "text": one.text,
        "files": [file(carried.attachment, row) for carried in one.files.all()],
        "at": one.created_at,
        "delivery": one.delivery,
    }


def _names(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    wanted = {id_ for id_ in ids if id_}
    return {user.id: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}

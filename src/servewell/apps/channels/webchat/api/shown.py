"""How does the chat tell a visitor what it knows?"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from servewell.apps.base import media, texts
from servewell.apps.base.models import Attachment
from servewell.apps.channels.frame import transcripts
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import desk, forms, links, sites, uploading, view
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.channels.webchat.view import Current, Seen
from servewell.apps.conversations.models import Author, Conversation, Delivery, Message, Status
from servewell.apps.people.models import User

LONGEST = 4000  # characters of a message
MOST_FILES = 5  # of a message
TYPING_EVERY_S = 3  # how often a page may say that its visitor types
_DELIVERED: dict[str, str] = dict.fromkeys((Delivery.QUEUED, Delivery.SENT), Delivery.DELIVERED)
_FROM = {Author.CUSTOMER: "visitor", Author.AGENT: "agent", Author.BOT: "agent", Author.SYSTEM: "system"}


def config(account: Account, language: str) -> dict[str, Any]:
    """Return what a widget wants to know of a site before anybody comes, in a language that the site speaks."""
    spoken = languages(account)
    language = language if language in spoken else spoken[0]
    return {
        "site": account.id,
        "name": _texts(account, language)["title"],
        "language": language,
        "languages": spoken,
        "texts": _texts(account, language),
        "look": {key: sites.option(account, key) for key in ("colour", "position", "theme", "offset_x", "offset_y")},
        "form": [forms.shown(one, language) for one in forms.questions(account)],
        "hours": desk.hours(account, language),
        "files": {
            "allowed": sites.option(account, "files"),
            "megabytes": uploading.megabytes_of(account),
            "most": MOST_FILES,
        },
        "identity": sites.option(account, "identity"),
        "transcript": sites.option(account, "transcript") and transcripts.can_be_sent(),
        "limits": {"characters": LONGEST, "typing_every_s": TYPING_EVERY_S},
        "rings": sites.option(account, "rings"),
    }


def languages(account: Account) -> list[str]:
    """Return the languages a site speaks, its own first."""
    wanted = sites.option(account, "languages")
    if wanted != "both":
        return [wanted]
    return sorted(texts.LANGUAGES, key=lambda one: one != account.language)


def visitor(row: Visitor) -> dict[str, Any]:
    """Return who somebody is, here."""
    return {"id": row.id, "identified": row.is_identified, "name": row.signed.get("name", "")}


def state(row: Visitor, language: str) -> dict[str, Any]:
    """Return how things stand for a visitor."""
    now = view.current(row)
    read = row.read_position if now and now.id == row.conversation_id else 0
    queue = desk.queue(now) if now else None
    return {
        "visitor": visitor(row),
        "conversation": conversation(row, now) if now else None,
        "queue": {"ahead": queue.ahead, "position": queue.ahead + 1, "wait_s": queue.wait_s}
        | {"sentence": queue.sentence(language)}
        if queue
        else None,
        "unread": view.unread(row, now, read) if now else 0,
        "read": {"visitor": read, "agents": view.agents_read(row, now) if now else 0},
        "typing": [],
        "ask": [] if now and not now.is_over else _asked(row),
        "hours": desk.hours(row.account, language),
    }


def conversation(row: Visitor, now: Current) -> dict[str, Any]:
    """Return the conversation one is in."""
    return {
        "id": view.shown_id(row, now),
        "number": now.number,
        "status": now.status,
        "agent": {"name": now.agent} if now.agent and not now.is_blocked else None,
        "started_at": now.created_at,
        "ended_at": now.closed_at if now.status == "ended" else None,
        "last_position": len(view.pieced(row, now)) if now.is_pieced else now.messages,
    }


def earlier(one: Conversation, preview: str, now: Current | None) -> dict[str, Any]:
    """Return a conversation in the list of those before."""
    status = _stands(one, now)
    return {
        "id": one.id,
        "number": one.number,
        "status": status,
        "started_at": one.created_at,
        "ended_at": one.closed_at if status == "ended" else None,
        "preview": preview,
    }


def _stands(one: Conversation, now: Current | None) -> str:
    if now is not None and now.is_blocked and one.id == now.shown:
        return now.status
    return {Status.CLOSED.value: "ended", Status.SOLVED.value: "solved"}.get(one.status, "active")


def messages(seen: Sequence[Seen], row: Visitor) -> list[dict[str, Any]]:
    """Return messages as their visitor sees them."""
    names = _names({one.message.author for one in seen if _FROM[one.message.read_as] == "agent"}, row.account)
    return [_message(one.message, one.position, row, names) for one in seen]


def file(one: Attachment, row: Visitor) -> dict[str, Any]:
    """Return a file, with a link that opens it for an hour."""
    inline = one.media_type in media.INLINE
    return {
        "id": one.id,
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "inline": inline,
        "url": links.to(one.id, row, inline=inline),
    }


def _asked(row: Visitor) -> list[str]:
    return [one.key for one in forms.open_questions(row, forms.questions(row.account))]


def _texts(account: Account, language: str) -> dict[str, str]:
    suffix = "en" if language == "en" else "zh"
    words = {key: sites.option(account, f"{key}_{suffix}") for key in ("title", "greeting", "away", "privacy")}
    return words | {"privacy_url": sites.option(account, "privacy_url")}


def _message(one: Message, position: int, row: Visitor, names: dict[UUID | None, str]) -> dict[str, Any]:
    own = f"{row.id}:"
    return {
        "id": one.id,
        "position": position,
        "client_id": one.external_id.removeprefix(own) if one.external_id.startswith(own) else "",
        "from_": _FROM[one.read_as],
        "name": names.get(one.author, ""),
        "text": one.text,
        "files": [file(carried.attachment, row) for carried in one.files.all()],
        "at": one.created_at,
        "delivery": _DELIVERED.get(one.delivery, one.delivery),  # it is there now
    }


def _names(ids: Iterable[UUID | None], account: Account) -> dict[UUID | None, str]:
    """Who has no name is read as the site's team, never by the name they sign in by."""
    wanted = {id_ for id_ in ids if id_}
    names = dict(User.objects.filter(pk__in=wanted).values_list("id", "name")) if wanted else {}
    team = account.team.name if account.team else ""
    return {id_: names.get(id_) or team for id_ in wanted}

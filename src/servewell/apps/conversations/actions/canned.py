"""How are replies that are written often kept, and used? What is shared needs `conversations.configure`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from servewell.apps.base import cleaning, clock, texts
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, queries
from servewell.apps.conversations.canned import replies, templates, variables
from servewell.apps.conversations.canned.refusals import BadCanned, NoSuchCanned, ShortcutTaken, TooManyCanned
from servewell.apps.conversations.errors import NoSuchTeam, OnlyPeople
from servewell.apps.conversations.models.canned import CannedReply
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event, EventType
from servewell.apps.people import permissions
from servewell.apps.people.models import Team

WRITE, SHARE = "conversations.write", "conversations.configure"
MOST = 1000  # of one person, of one team, of everybody
LONGEST_TEXT, LONGEST_TITLE = 20_000, 120
_SHORTCUT = re.compile(r"\w[\w.-]{0,39}")  # letters of any script


@dataclass(frozen=True, slots=True)
class CannedWanted:
    """A canned reply as it is to be kept."""

    title: str
    shortcut: str  # with or without the `/`
    texts: Mapping[str, str]  # language -> template
    shared: str = "own"  # own | team | everybody
    team: UUID | None = None  # whose it is to be, when it is a team's


@dataclass(frozen=True, slots=True)
class CannedUsed:
    """A canned reply, filled for one conversation."""

    language: str
    filled: templates.Filled


@transaction.atomic
def create_canned(principal: Principal, wanted: CannedWanted) -> CannedReply:
    """Keep a reply; NotAllowed, OnlyPeople, NoSuchTeam, BadCanned, ShortcutTaken, TooManyCanned, TextTooLong."""
    owner, team = _of_whom(principal, wanted.shared, wanted.team)
    _demand_room(owner, team)
    columns = _fit({"title": wanted.title, "shortcut": wanted.shortcut, "texts": wanted.texts})
    row = _saved(CannedReply(owner_id=owner, team_id=team, **columns))
    _tell(principal, events.CANNED_CREATED, row)
    return row


@transaction.atomic
def change_canned(principal: Principal, canned_id: UUID, changes: Mapping[str, Any]) -> CannedReply:
    """Change title, shortcut, texts (the whole of them), or archived; errors as `create_canned`, and NoSuchCanned."""
    row = _locked(principal, canned_id)
    given = dict(changes)
    archived = given.pop("archived", row.archived_at is not None)
    columns: dict[str, Any] = {name: value for name, value in _fit(given).items() if getattr(row, name) != value}
    if archived != (row.archived_at is not None):
        columns["archived_at"] = clock.now() if archived else None
        if not archived:
            _demand_room(row.owner_id, row.team_id)
    if not columns:
        return row
    for name, value in {**columns, "changed_at": clock.now()}.items():
        setattr(row, name, value)
    _saved(row)
    if "archived_at" in columns:
        _tell(principal, events.CANNED_ARCHIVED if archived else events.CANNED_RESTORED, row)
    if columns.keys() - {"archived_at"}:
        _tell(principal, events.CANNED_CHANGED, row)
    return row


@transaction.atomic
def use_canned(
    principal: Principal, canned_id: UUID, conversation_id: UUID, *, language: str | None = None
) -> CannedUsed:
    """Return a reply filled for a conversation, and count its use; NoSuchCanned, NoSuchConversation, NotAllowed.

    What stands for the customer is filled where `customers.read` reaches them; elsewhere it is missing.
    """
    permissions.demand(principal, WRITE)
    conversation = queries.conversation(principal, conversation_id)
    permissions.demand(principal, WRITE, conversation)
    row = replies.reply(principal, canned_id)
    if row.archived_at is not None:
        raise NoSuchCanned
    spoken = replies.language_for(row, conversation, language)
    parts = templates.parse(row.texts[spoken])
    if isinstance(parts, templates.Fault):  # it was read when it was kept
        raise _bad(parts, spoken)
    values = variables.values(principal, conversation, templates.names(parts))
    CannedReply.objects.filter(pk=row.pk).update(used=F("used") + 1, used_at=clock.now())
    about = {"conversation": conversation.id, "customer": conversation.customer_id, "team": conversation.team_id}
    _tell(principal, events.CANNED_USED, row, channel=conversation.channel, **about)
    return CannedUsed(spoken, templates.filled(parts, values))


def _of_whom(principal: Principal, shared: str, team: UUID | None) -> tuple[UUID | None, UUID | None]:
    permissions.demand(principal, WRITE)
    if shared == "own":
        if principal.kind != "agent":
            raise OnlyPeople
        return principal.id, None
    permissions.demand(principal, SHARE)
    if shared == "everybody":
        return None, None
    everywhere = permissions.scope_of(principal, replies.READ) == permissions.ALL
    if team is None or not (everywhere or team in principal.teams):
        raise NoSuchTeam
    if not Team.objects.filter(pk=team, archived_at=None).exists():
        raise NoSuchTeam
    return None, team


def _demand_room(owner: UUID | None, team: UUID | None) -> None:
    if CannedReply.objects.filter(owner=owner, team=team, archived_at=None).count() >= MOST:
        raise TooManyCanned(most=MOST)


def _locked(principal: Principal, canned_id: UUID) -> CannedReply:
    permissions.demand(principal, WRITE)
    row = replies.visible_to(principal).select_for_update(of=("self",)).filter(pk=canned_id).first()
    if row is None:
        raise NoSuchCanned
    if row.owner_id is None:
        permissions.demand(principal, SHARE)
    return row


def _fit(given: Mapping[str, Any]) -> dict[str, Any]:
    fit: dict[str, Callable[[Any], Any]] = {"title": _title, "shortcut": _shortcut, "texts": _texts}
    return {name: fit[name](value) for name, value in given.items()}


def _title(raw: str) -> str:
    title = cleaning.line(raw, most=LONGEST_TITLE)
    if not title:
        raise BadCanned(field="title", reason="empty")
    return title


def _shortcut(raw: str) -> str:
    shortcut = cleaning.line(raw).removeprefix("/").lower()
    if not _SHORTCUT.fullmatch(shortcut):
        raise BadCanned(field="shortcut", reason="shortcut")
    return shortcut


def _texts(raw: Mapping[str, str]) -> dict[str, str]:
    is_known = variables.known()
    clean = {language: cleaning.text(words, most=LONGEST_TEXT).strip() for language, words in raw.items()}
    kept = {language: words for language, words in clean.items() if words}
    if not kept:
        raise BadCanned(field="texts", reason="empty")
    if kept.keys() - set(texts.LANGUAGES):
        raise BadCanned(field="texts", reason="language")
    for language, words in kept.items():
        parts = templates.checked(words, is_known)
        if isinstance(parts, templates.Fault):
            raise _bad(parts, language)
    return kept


def _bad(fault: templates.Fault, language: str) -> BadCanned:
    return BadCanned(
        field=f"texts.{language}", reason=fault.reason, line=fault.line, column=fault.column, found=fault.found
    )


def _saved(row: CannedReply) -> CannedReply:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise ShortcutTaken(shortcut=f"/{row.shortcut}") from taken
    return row


def _tell(principal: Principal, event: EventType, row: CannedReply, **fields: Any) -> None:
    record(Event(event.name, actor=Actor.of(principal), attributes={"canned": row.id}, **fields))

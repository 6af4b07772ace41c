"""Who read personal data, of whom, and when? For administrators and auditors; who looks is written down too."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from servewell.apps.base import cursors, texts
from servewell.apps.journal.actions import log_access
from servewell.apps.journal.models import Access
from servewell.apps.journal.queries import accesses
from servewell.apps.people import permissions, queries
from servewell.apps.people.auth import acting, language_of

router = Router()
PAGE = 50
ACCESSES = "people.access"  # whose cursors these are


class AccessReader(Schema):
    """Who read."""

    kind: str  # agent; system: a program with a key, or Servewell itself
    id: UUID | None
    name: str  # "" for one who is no longer known, and for Servewell itself


class AccessSubject(Schema):
    """Whose data it was."""

    kind: str  # person, customer, conversation, ...
    id: UUID | None  # null: of several
    name: str  # of people who work here; of others only the id is known here


class AccessOut(Schema):
    """One reading of personal data."""

    id: UUID
    at: datetime
    actor: AccessReader
    subject: AccessSubject
    what: str  # code of the view, or of the part that was read
    sentence: str  # the same in words


class Accesses(Schema):
    """A page of readings, newest first."""

    items: list[AccessOut]
    next: str | None  # cursor


class Wanted(Schema):
    """Which readings; what is left out limits nothing."""

    actor: UUID | None = None
    subject: UUID | None = None
    kind: str | None = Field(default=None, max_length=40)  # of the subject
    since: datetime | None = None
    before: datetime | None = None


@router.get("/access-log", response=Accesses)
def list_accesses(request: HttpRequest, wanted: Query[Wanted], cursor: str | None = None) -> dict[str, Any]:
    """List who read personal data, newest first, 50 a page; times without a zone are UTC."""
    permissions.demand(acting(request), "access.read")
    after = cursors.decode(cursor, ACCESSES) if cursor else None
    rows = list(accesses(**wanted.model_dump(), after=after)[: PAGE + 1])
    following = cursors.encode((rows[PAGE - 1].at, rows[PAGE - 1].id), ACCESSES) if len(rows) > PAGE else None
    log_access(acting(request), "access_log", wanted.subject, "access.list")
    return {"items": _named(rows[:PAGE], language_of(request)), "next": following}


def _named(rows: list[Access], language: str) -> list[dict[str, Any]]:
    ids = {row.actor for row in rows} | {row.subject for row in rows if row.subject_kind == "person"}
    names = queries.names({id_ for id_ in ids if id_ is not None})
    return [
        {
            "id": row.id,
            "at": row.at,
            "actor": {"kind": row.actor_kind, "id": row.actor, "name": names.get(row.actor, "")},
            "subject": {"kind": row.subject_kind, "id": row.subject, "name": names.get(row.subject, "")},
            "what": row.what,
            "sentence": _said(row.what, language),
        }
        for row in rows
    ]


def _said(what: str, language: str) -> str:
    """The words of each code stand here, of all rooms: one without words stands for itself."""
    key = f"people.access.{what}"
    return texts.say(key, language) if texts.known(key) else what

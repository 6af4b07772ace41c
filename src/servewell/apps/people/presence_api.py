"""Who is there? One's own presence, that of those one may see, and the reasons to be busy or away."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from servewell.apps.base import cursors
from servewell.apps.people import actions, permissions, queries
from servewell.apps.people.auth import acting
from servewell.apps.people.errors import BadPresence
from servewell.apps.people.models import Presence, PresenceReason, State, User

router = Router()
PAGE = 200
ROSTER = "people.presence"  # whose cursors these are
States = Literal["online", "busy", "away", "offline"]
Minutes = Field(default=None, ge=1, le=1440)


class PresenceOut(Schema):
    """What somebody is now."""

    presence: str
    reason: UUID | None
    since: datetime | None  # null: they have never been there
    limit_at: datetime | None  # when the reason's time is over
    overdue_at: datetime | None  # since when it has been found over; the presence stays


class PersonPresence(PresenceOut):
    """A colleague and what they are now."""

    user: UUID
    username: str
    name: str
    role: str
    teams: list[UUID]


class Roster(Schema):
    """A page of colleagues by user name."""

    items: list[PersonPresence]
    next: str | None  # cursor


class NewPresence(Schema):
    """What to be."""

    presence: States
    reason: UUID | None = None


class ReasonOut(Schema):
    """A reason to be busy or away."""

    id: UUID
    presence: str
    name_zh: str
    name_en: str
    limit_minutes: int | None
    position: int
    archived: bool


class NewReason(Schema):
    """A reason to offer."""

    presence: Literal["busy", "away"]
    name_zh: str
    name_en: str
    limit_minutes: int | None = Minutes
    position: int = Field(default=0, ge=0, le=10_000)


class ReasonChange(Schema):
    """What is to change; what is left out stays. A limit of null takes it away."""

    name_zh: str | None = None
    name_en: str | None = None
    limit_minutes: int | None = Minutes
    position: int | None = Field(default=None, ge=0, le=10_000)
    archived: bool | None = None


@router.get("/presence", response=Roster)
def list_presence(request: HttpRequest, team: UUID | None = None, cursor: str | None = None) -> dict[str, Any]:
    """List active people with their presence, by user name, 200 a page: of one's own teams, or of all, by role."""
    permissions.demand(acting(request), "presence.read")
    after = cursors.decode(cursor, ROSTER)[0] if cursor else ""
    rows = queries.page_of_presence(acting(request), team, after, PAGE + 1)
    following = cursors.encode((rows[PAGE - 1].username,), ROSTER) if len(rows) > PAGE else None
    return {"items": [_colleague(user) for user in rows[:PAGE]], "next": following}


@router.get("/presence/me", response=PresenceOut)
def read_own_presence(request: HttpRequest) -> dict[str, Any]:
    """Return one's own presence."""
    permissions.demand(acting(request), "account.manage")
    return _presence(queries.presence(queries.person(acting(request).id).id))


@router.put("/presence/me", response=PresenceOut)
def set_own_presence(request: HttpRequest, body: NewPresence) -> dict[str, Any]:
    """Say what one is now; a reason with a time limit starts its clock. The same again changes nothing."""
    principal = acting(request)
    permissions.demand(principal, "account.manage")
    me = queries.person(principal.id).id
    return _presence(actions.set_presence(principal, me, body.presence, body.reason))


@router.post("/presence/me/sign-of-life", response={204: None})
def show_sign_of_life(request: HttpRequest) -> None:
    """Say that one is still there, about once a minute; an open `/stream` does it by itself."""
    principal = acting(request)
    permissions.demand(principal, "account.manage")
    actions.show_sign_of_life(queries.person(principal.id).id)


@router.put("/users/{user_id}/presence", response=PresenceOut)
def set_presence(request: HttpRequest, user_id: UUID, body: NewPresence) -> dict[str, Any]:
    """Set somebody of one's team away or offline, e.g. who went home and left the screen on."""
    permissions.demand(acting(request), "presence.manage")
    queries.reached(acting(request), user_id, "presence.manage")
    if body.presence not in (State.AWAY, State.OFFLINE):
        raise BadPresence
    return _presence(actions.set_presence(acting(request), user_id, body.presence, body.reason))


@router.get("/presence-reasons", response=list[ReasonOut])
def list_reasons(request: HttpRequest) -> list[dict[str, Any]]:
    """List the reasons as they are arranged, archived ones too."""
    permissions.demand(acting(request), "presence.read")
    return [_reason(reason) for reason in PresenceReason.objects.all()]


@router.post("/presence-reasons", response={201: ReasonOut})
def define_reason(request: HttpRequest, body: NewReason) -> Status[dict[str, Any]]:
    """Offer a reason."""
    permissions.demand(acting(request), "presence.configure")
    fields = body.model_dump()
    return Status(201, _reason(actions.define_reason(acting(request), state=fields.pop("presence"), **fields)))


@router.patch("/presence-reasons/{reason_id}", response=ReasonOut)
def change_reason(request: HttpRequest, reason_id: UUID, body: ReasonChange) -> dict[str, Any]:
    """Rename, limit, move, archive or bring back a reason."""
    permissions.demand(acting(request), "presence.configure")
    given = body.model_dump(exclude_unset=True)
    kept = {name: value for name, value in given.items() if value is not None or name == "limit_minutes"}
    return _reason(actions.change_reason(acting(request), reason_id, **kept))


def _colleague(user: User) -> dict[str, Any]:
    shown = {"user": user.id, "username": user.username, "name": user.name, "role": user.role}
    return {**shown, "teams": user.team_ids, **_presence(getattr(user, "presence", None))}


def _presence(found: Presence | None) -> dict[str, Any]:
    if found is None:
        return {"presence": State.OFFLINE, "reason": None, "since": None, "limit_at": None, "overdue_at": None}
    times = {"since": found.since, "limit_at": found.limit_at, "overdue_at": found.overdue_at}
    return {"presence": found.state, "reason": found.reason_id, **times}


def _reason(reason: PresenceReason) -> dict[str, Any]:
    shown = {name: getattr(reason, name) for name in ("id", "name_zh", "name_en", "limit_minutes", "position")}
    return {**shown, "presence": reason.state, "archived": reason.archived_at is not None}

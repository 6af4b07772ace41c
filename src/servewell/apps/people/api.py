"""How are people managed from outside? Users, teams and API keys, for those who hold `people.manage`."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from servewell.apps.base import clock, cursors
from servewell.apps.journal.actions import log_access
from servewell.apps.people import (
    access_api,
    actions,
    hours_api,
    lockout,
    permissions,
    presence_api,
    queries,
    skills_api,
)
from servewell.apps.people.auth import acting
from servewell.apps.people.errors import NotForKeys
from servewell.apps.people.models import ApiKey, Role, Team, User

router = Router()
for part in (presence_api, skills_api, hours_api, access_api):
    router.add_router("", part.router)
PAGE = 50
USERS = "people.users"  # whose cursors these are


class Person(Schema):
    """A user, as those who manage people see them."""

    id: UUID
    username: str
    name: str
    email: str
    role: str
    language: str
    is_active: bool
    totp: bool
    teams: list[UUID]
    created_at: datetime
    last_login: datetime | None
    locked_until: datetime | None  # after too many wrong tries


class People(Schema):
    """A page of users by user name."""

    items: list[Person]
    next: str | None  # cursor


class NewPerson(Schema):
    """A user to make; without a password they cannot sign in yet."""

    username: str
    password: str | None = None
    name: str = ""
    email: str = ""
    role: str = "agent"
    language: str = "zh-Hans"
    teams: list[UUID] = Field(default=[], max_length=100)


class PersonChange(Schema):
    """What is to change; what is left out stays."""

    name: str | None = None
    email: str | None = None
    language: Literal["zh-Hans", "en"] | None = None
    role: str | None = None
    is_active: bool | None = None
    teams: list[UUID] | None = Field(default=None, max_length=100)
    password: str | None = None


class WantedPeople(Schema):
    """Which people; what is left out limits nothing."""

    q: str | None = Field(default=None, max_length=150, description="in user name, name or address, in any case")
    role: str | None = Field(default=None, max_length=16)
    team: UUID | None = None
    is_active: bool | None = None


class TeamOut(Schema):
    """A team."""

    id: UUID
    name: str
    description: str
    archived: bool


class NewTeam(Schema):
    """A team to make."""

    name: str
    description: str = ""


class TeamChange(Schema):
    """What is to change; what is left out stays."""

    name: str | None = None
    description: str | None = None
    archived: bool | None = None


class Key(Schema):
    """An API key; its text is shown only when it is made."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    created_by: UUID
    valid: bool  # does it open anything now?


class MadeKey(Key):
    """A new key with its text, which is never shown again."""

    text: str


class NewKey(Schema):
    """A key to make: scopes are verbs of one's own role."""

    name: str
    scopes: list[str]
    expires_at: AwareDatetime | None = None


@router.get("/users", response=People)
def list_users(request: HttpRequest, wanted: Query[WantedPeople], cursor: str | None = None) -> dict[str, Any]:
    """List users by user name, 50 a page; that their names and addresses were read is remembered."""
    permissions.demand(acting(request), "people.manage")
    log_access(acting(request), "person", None, "people.list")
    after = cursors.decode(cursor, USERS)[0] if cursor else ""
    rows = queries.page_of_people(after, PAGE + 1, **wanted.model_dump())
    more = len(rows) > PAGE
    following = cursors.encode((rows[PAGE - 1].username,), USERS) if more else None
    return {"items": _people(rows[:PAGE]), "next": following}


@router.post("/users", response={201: Person})
def create_user(request: HttpRequest, body: NewPerson) -> Status[dict[str, Any]]:
    """Make a user; a key makes agents without a password, nobody it could sign in as or make mightier than itself."""
    permissions.demand(acting(request), "people.manage")
    if body.password is not None or body.role != Role.AGENT:
        _demand_person(request)
    made = actions.create_user(acting(request), **body.model_dump())
    return Status(201, _people([queries.listed_person(made.id)])[0])


@router.patch("/users/{user_id}", response=Person)
def change_user(request: HttpRequest, user_id: UUID, body: PersonChange) -> dict[str, Any]:
    """Change a user's role, teams, password, or whether they may sign in; a key changes no password and no role."""
    permissions.demand(acting(request), "people.manage")
    if body.password is not None or body.role is not None:
        _demand_person(request)
    actions.change_user(acting(request), user_id, **body.model_dump(exclude_none=True))
    return _people([queries.listed_person(user_id)])[0]


@router.delete("/users/{user_id}/second-factor", response={204: None})
def reset_second_factor(request: HttpRequest, user_id: UUID) -> None:
    """Let a user who lost their device sign in by password alone; only a person can, no key."""
    permissions.demand(acting(request), "people.manage")
    _demand_person(request)
    actions.reset_second_factor(acting(request), user_id)


@router.post("/users/{user_id}/unlock", response={204: None})
def unlock_user(request: HttpRequest, user_id: UUID) -> None:
    """Let a user who typed too many wrong passwords or codes try again at once."""
    permissions.demand(acting(request), "people.manage")
    actions.unlock(acting(request), user_id)


@router.get("/teams", response=list[TeamOut])
def list_teams(request: HttpRequest) -> list[dict[str, Any]]:
    """List the teams by name, archived ones too: whoever hands work on needs the names of all."""
    permissions.demand(acting(request), "presence.read")
    return [_team(team) for team in Team.objects.all()]


@router.post("/teams", response={201: TeamOut})
def create_team(request: HttpRequest, body: NewTeam) -> Status[dict[str, Any]]:
    """Make a team."""
    permissions.demand(acting(request), "people.manage")
    return Status(201, _team(actions.create_team(acting(request), body.name, body.description)))


@router.patch("/teams/{team_id}", response=TeamOut)
def change_team(request: HttpRequest, team_id: UUID, body: TeamChange) -> dict[str, Any]:
    """Rename, describe, archive or bring back a team."""
    permissions.demand(acting(request), "people.manage")
    return _team(actions.change_team(acting(request), team_id, **body.model_dump(exclude_none=True)))


@router.get("/keys", response=list[Key])
def list_keys(request: HttpRequest, mine: bool = False) -> list[dict[str, Any]]:
    """List the API keys, newest first, or only one's own; revoked ones stay listed."""
    permissions.demand(acting(request), "people.manage")
    rows = ApiKey.objects.select_related("created_by")
    return [_key(key) for key in (rows.filter(created_by_id=acting(request).id) if mine else rows)]


@router.post("/keys", response={201: MadeKey})
def create_key(request: HttpRequest, body: NewKey) -> Status[dict[str, Any]]:
    """Make an API key; only a person can, so that no key makes another."""
    permissions.demand(acting(request), "people.manage")
    _demand_person(request)
    key, text = actions.create_key(acting(request), body.name, body.scopes, body.expires_at)
    return Status(201, {**_key(key), "text": text})


@router.delete("/keys/{key_id}", response={204: None})
def revoke_key(request: HttpRequest, key_id: UUID) -> None:
    """Make a key open nothing any more."""
    permissions.demand(acting(request), "people.manage")
    actions.revoke_key(acting(request), key_id)


def _demand_person(request: HttpRequest) -> None:
    """Refuse programs: whoever reads a key somewhere must not become an administrator by it."""
    if acting(request).kind != "agent":
        raise NotForKeys


def _people(users: list[User]) -> list[dict[str, Any]]:
    locks = lockout.locks_of(users)
    return [_person(user, locks) for user in users]


def _person(user: User, locks: dict[UUID, datetime]) -> dict[str, Any]:
    shown = {field: getattr(user, field) for field in Person.model_fields if hasattr(user, field)}
    return {**shown, "teams": user.team_ids, "totp": user.totp, "locked_until": locks.get(user.id)}  # type: ignore[attr-defined]


def _team(team: Team) -> dict[str, Any]:
    shown = {"id": team.id, "name": team.name, "description": team.description}
    return {**shown, "archived": team.archived_at is not None}


def _key(key: ApiKey) -> dict[str, Any]:
    shown = {field: getattr(key, field) for field in Key.model_fields if field not in {"created_by", "valid"}}
    return {**shown, "created_by": key.created_by_id, "valid": key.is_valid(clock.now())}

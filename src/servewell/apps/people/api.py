"""How are people managed from outside? Users, teams and API keys, for those who hold `people.manage`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from servewell.apps.base import cursors
from servewell.apps.journal.actions import log_access
from servewell.apps.people import actions, permissions, queries
from servewell.apps.people.auth import acting
from servewell.apps.people.errors import NotAllowed
from servewell.apps.people.models import ApiKey, Team, User

router = Router()
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
    teams: list[UUID] = []


class PersonChange(Schema):
    """What is to change; what is left out stays."""

    role: str | None = None
    is_active: bool | None = None
    teams: list[UUID] | None = None
    password: str | None = None


class TeamOut(Schema):
    """A team."""

    id: UUID
    name: str


class NewTeam(Schema):
    """A team to make."""

    name: str


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


class MadeKey(Key):
    """A new key with its text, which is never shown again."""

    text: str


class NewKey(Schema):
    """A key to make: scopes are verbs of one's own role."""

    name: str
    scopes: list[str]
    expires_at: datetime | None = None


@router.get("/users", response=People)
def list_users(request: HttpRequest, cursor: str | None = None) -> dict[str, Any]:
    """List users by user name, 50 a page; that their names and addresses were read is remembered."""
    permissions.demand(acting(request), "people.manage")
    log_access(acting(request), "person", None, "people.list")
    rows = queries.page_of_people(cursors.decode(cursor, USERS)[0] if cursor else "", PAGE + 1)
    more = len(rows) > PAGE
    following = cursors.encode((rows[PAGE - 1].username,), USERS) if more else None
    return {"items": [_person(user) for user in rows[:PAGE]], "next": following}


@router.post("/users", response={201: Person})
def create_user(request: HttpRequest, body: NewPerson) -> Status[dict[str, Any]]:
    """Make a user."""
    permissions.demand(acting(request), "people.manage")
    made = actions.create_user(acting(request), **body.model_dump())
    return Status(201, _person(queries.listed_person(made.id)))


@router.patch("/users/{user_id}", response=Person)
def change_user(request: HttpRequest, user_id: UUID, body: PersonChange) -> dict[str, Any]:
    """Change a user's role, teams, password, or whether they may sign in."""
    permissions.demand(acting(request), "people.manage")
    actions.change_user(acting(request), user_id, **body.model_dump(exclude_none=True))
    return _person(queries.listed_person(user_id))


@router.delete("/users/{user_id}/second-factor", response={204: None})
def reset_second_factor(request: HttpRequest, user_id: UUID) -> None:
    """Let a user who lost their device sign in by password alone."""
    permissions.demand(acting(request), "people.manage")
    actions.reset_second_factor(acting(request), user_id)


@router.get("/teams", response=list[TeamOut])
def list_teams(request: HttpRequest) -> list[Team]:
    """List the teams by name."""
    permissions.demand(acting(request), "people.manage")
    return list(Team.objects.all())


@router.post("/teams", response={201: TeamOut})
def create_team(request: HttpRequest, body: NewTeam) -> Status[Team]:
    """Make a team."""
    permissions.demand(acting(request), "people.manage")
    return Status(201, actions.create_team(acting(request), body.name))


@router.get("/keys", response=list[Key])
def list_keys(request: HttpRequest) -> list[ApiKey]:
    """List the API keys, newest first; revoked ones stay listed."""
    permissions.demand(acting(request), "people.manage")
    return list(ApiKey.objects.all())


@router.post("/keys", response={201: MadeKey})
def create_key(request: HttpRequest, body: NewKey) -> Status[dict[str, Any]]:
    """Make an API key; only a person can, so that no key makes another."""
    permissions.demand(_a_person(request), "people.manage")
    key, text = actions.create_key(acting(request), body.name, body.scopes, body.expires_at)
    return Status(201, {**Key.from_orm(key).model_dump(), "text": text})


@router.delete("/keys/{key_id}", response={204: None})
def revoke_key(request: HttpRequest, key_id: UUID) -> None:
    """Make a key open nothing any more."""
    permissions.demand(acting(request), "people.manage")
    actions.revoke_key(acting(request), key_id)


def _a_person(request: HttpRequest) -> Any:
    principal = acting(request)
    if principal.kind != "agent":
        raise NotAllowed(verb="people.manage")
    return principal


def _person(user: User) -> dict[str, Any]:
    shown = {field: getattr(user, field) for field in Person.model_fields if hasattr(user, field)}
    return {**shown, "teams": [team.id for team in user.teams.all()], "totp": user.totp}  # type: ignore[attr-defined]

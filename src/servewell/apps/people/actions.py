"""What can be done to people? Each verb changes state and records its event in one transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest

from servewell.apps.base import clock, texts
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.people import events, keys, permissions, queries
from servewell.apps.people.auth import acting
from servewell.apps.people.errors import (
    BadPerson,
    BadScopes,
    EmailTaken,
    LastAdministrator,
    NoSuchPerson,
    NoSuchTeam,
    UsernameTaken,
    WeakPassword,
    WrongPassword,
)
from servewell.apps.people.models import ApiKey, Role, Team, User


@transaction.atomic
def create_user(
    principal: Principal, username: str, password: str | None, *, teams: Iterable[UUID] = (), **fields: Any
) -> User:
    """Make a person (fields: name, email, role, language, theme); without a password they cannot sign in yet."""
    user = User(
        username=User.normalize_username(username), email=(fields.pop("email", "") or "").strip().lower(), **fields
    )
    if password is not None:
        _set_password(user, password)
    else:
        user.set_unusable_password()
    _save(user)
    user.teams.set(_existing(teams))
    _note(principal, events.USER_CREATED.name, user=user.id, role=user.role)
    return user


def create_admin(
    username: str, password: str, *, name: str = "", email: str = "", language: str = texts.DEFAULT
) -> User:
    """Make an administrator from the command line, where nobody is signed in."""
    return create_user(SYSTEM, username, password, name=name, email=email, language=language, role=Role.ADMINISTRATOR)


@transaction.atomic
def change_user(
    principal: Principal,
    user_id: UUID,
    *,
    role: str | None = None,
    is_active: bool | None = None,
    teams: Iterable[UUID] | None = None,
    password: str | None = None,
) -> User:
    """Change what is given of a person, all or nothing."""
    if role is not None:
        change_role(principal, user_id, role)
    if is_active is not None:
        (activate if is_active else deactivate)(principal, user_id)
    if teams is not None:
        set_teams(principal, user_id, teams)
    if password is not None:
        change_password(principal, user_id, password)
    return queries.person(user_id)


@transaction.atomic
def change_role(principal: Principal, user_id: UUID, role: str) -> User:
    """Give a person another role; the last active administrator keeps theirs."""
    if role not in Role.values:
        raise BadPerson(field="role", reason=role)
    user, is_last = _leaving(user_id)
    if user.role == role:
        return user
    if is_last:
        raise LastAdministrator
    before, user.role = user.role, role
    user.save(update_fields=["role"])
    _note(principal, events.ROLE_CHANGED.name, user=user.id, before=before, role=role)
    return user


@transaction.atomic
def deactivate(principal: Principal, user_id: UUID) -> User:
    """Shut a person out at once: their sessions and keys open nothing from the next request on."""
    user, is_last = _leaving(user_id)
    if not user.is_active:
        return user
    if is_last:
        raise LastAdministrator
    user.is_active = False
    user.save(update_fields=["is_active"])
    _note(principal, events.DEACTIVATED.name, user=user.id)
    return user


@transaction.atomic
def activate(principal: Principal, user_id: UUID) -> User:
    """Let a person in again."""
    user = _locked(user_id)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        _note(principal, events.ACTIVATED.name, user=user.id)
    return user


@transaction.atomic
def set_teams(principal: Principal, user_id: UUID, teams: Iterable[UUID]) -> User:
    """Put a person into exactly these teams."""
    user = _locked(user_id)
    wanted = _existing(teams)
    user.teams.set(wanted)
    _note(principal, events.TEAMS_CHANGED.name, user=user.id, teams=sorted(team.id for team in wanted))
    return user


@transaction.atomic
def create_team(principal: Principal, name: str) -> Team:
    """Make a team; its name is unique."""
    team = Team(name=name.strip())
    _clean(team)
    team.save()
    _note(principal, events.TEAM_CREATED.name, created=team.id)
    return team


def change_own_password(request: HttpRequest, current: str, new: str) -> None:
    """Change the signed-in person's password and keep this one session; WrongPassword, WeakPassword."""
    principal = acting(request)
    user = queries.person(principal.id)
    if not user.check_password(current):
        raise WrongPassword
    update_session_auth_hash(request, change_password(principal, user.id, new))


@transaction.atomic
def change_password(principal: Principal, user_id: UUID, new: str) -> User:
    """Set a person's password; every session made with the old one ends."""
    user = _locked(user_id)
    _set_password(user, new)
    user.save(update_fields=["password"])
    _note(principal, events.PASSWORD_CHANGED.name, user=user.id)
    return user


@transaction.atomic
def reset_second_factor(principal: Principal, user_id: UUID) -> int:
    """Let a person who lost their device in by password alone; return how many authenticators went."""
    authenticators = list(Authenticator.objects.filter(user=_locked(user_id)))
    for authenticator in authenticators:
        authenticator.removed_by = principal  # the listener of its deletion records who did it
        authenticator.delete()
    return len(authenticators)


@transaction.atomic
def update_preferences(principal: Principal, **chosen: str) -> User:
    """Change one's own language, theme or name."""
    user = _locked(queries.person(principal.id).id)
    changed = [field for field, value in chosen.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, chosen[field].strip())
    _clean(user)
    if changed:
        user.save(update_fields=changed)
        _note(principal, events.PREFERENCES_CHANGED.name, fields=sorted(changed))
    return user


@transaction.atomic
def create_key(
    principal: Principal, name: str, scopes: Iterable[str], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """Make an API key for a program; return it and its text, which is shown this once and never stored."""
    wanted = sorted(set(scopes))
    beyond = [verb for verb in wanted if verb not in permissions.KEY_VERBS or not permissions.can(principal, verb)]
    if beyond or not wanted or principal.kind != "agent":
        raise BadScopes(verbs=", ".join(beyond) or "-")
    text, prefix, digest = keys.fresh()
    maker = queries.person(principal.id)
    key = ApiKey(
        name=name.strip(), prefix=prefix, digest=digest, scopes=wanted, created_by=maker, expires_at=expires_at
    )
    _clean(key)
    key.save()
    _note(principal, events.KEY_CREATED.name, key=key.id, scopes=wanted)
    return key, text


@transaction.atomic
def revoke_key(principal: Principal, key_id: UUID) -> ApiKey:
    """Make a key open nothing any more."""
    key = queries.key(key_id)
    if (
        ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now()) == 1
    ):  # 0: it was revoked before
        _note(principal, events.KEY_REVOKED.name, key=key.id)
    key.refresh_from_db()
    return key


def _note(principal: Principal, name: str, **attributes: Any) -> None:
    record(Event(name=name, actor=Actor.of(principal), attributes=attributes))


def _locked(user_id: UUID) -> User:
    queries.person(user_id)
    return User.objects.select_for_update().get(pk=user_id)


def _leaving(user_id: UUID) -> tuple[User, bool]:
    """Lock a person together with all active administrators, in one order, so that two cannot leave at once.

    Return the person, and whether they are the only active administrator.
    """
    among = Q(pk=user_id) | Q(role=Role.ADMINISTRATOR, is_active=True)
    rows = list(User.objects.select_for_update().filter(among).order_by("pk"))
    user = next((row for row in rows if row.pk == user_id), None)
    if user is None:
        raise NoSuchPerson
    administers = user.role == Role.ADMINISTRATOR and user.is_active
    return user, administers and len(rows) == 1


def _existing(teams: Iterable[UUID]) -> list[Team]:
    wanted = set(teams)
    found = list(Team.objects.filter(id__in=wanted))
    if len(found) != len(wanted):
        raise NoSuchTeam
    return found


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise WeakPassword(reasons=list(fault.messages)) from fault
    user.set_password(password)


def _save(user: User) -> None:
    _clean(user)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as fault:  # somebody took the name between the check and now
        raise UsernameTaken(username=user.username) from fault


def _clean(row: User | Team | ApiKey) -> None:
    if isinstance(row, User):
        _refuse_taken(row)
    try:
        row.full_clean(validate_constraints=not isinstance(row, User), exclude=["digest", "prefix", "password"])
    except ValidationError as fault:
        field, reasons = next(iter(fault.message_dict.items()))
        raise BadPerson(field=field, reason=" ".join(reasons)) from fault


def _refuse_taken(user: User) -> None:
    others = User.objects.exclude(pk=user.pk)
    if others.filter(username__iexact=user.username).exists():
        raise UsernameTaken(username=user.username)
    if user.email and others.filter(email__iexact=user.email).exists():
        raise EmailTaken

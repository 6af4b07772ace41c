"""People: made, changed, shut out, let in again."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Q

from servewell.apps.base import texts
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.people import events, queries, sessions
from servewell.apps.people.actions import presence
from servewell.apps.people.actions._shared import clean, existing, locked, note, set_password
from servewell.apps.people.actions.account import change_password
from servewell.apps.people.errors import BadPerson, EmailTaken, LastAdministrator, NoSuchPerson, UsernameTaken
from servewell.apps.people.models import Role, State, User


@transaction.atomic
def create_user(
    principal: Principal, username: str, password: str | None, *, teams: Iterable[UUID] = (), **fields: Any
) -> User:
    """Make a person (fields: name, email, role, language, theme); without a password they cannot sign in yet."""
    user = User(
        username=User.normalize_username(username), email=(fields.pop("email", "") or "").strip().lower(), **fields
    )
    if password is not None:
        set_password(user, password)
    else:
        user.set_unusable_password()
    _save(user)
    user.teams.set(existing(teams))
    note(principal, events.USER_CREATED.name, user=user.id, role=user.role)
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
    **details: str,
) -> User:
    """Change what is given of a person (details: name, email, language), all or nothing."""
    if role is not None or is_active is not None:
        _leaving(user_id)  # before anything else is locked: two who do this at once wait in the same order
    if details:
        change_details(principal, user_id, **details)
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
def change_details(principal: Principal, user_id: UUID, **details: str) -> User:
    """Give a person another name, address or language; EmailTaken when somebody has the address."""
    user = locked(user_id)
    wanted = {field: _tidied(field, value) for field, value in details.items()}
    changed = sorted(field for field, value in wanted.items() if getattr(user, field) != value)
    if changed:
        for field in changed:
            setattr(user, field, wanted[field])
        _save(user)
        note(principal, events.DETAILS_CHANGED.name, user=user.id, fields=changed)
    return user


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
    note(principal, events.ROLE_CHANGED.name, user=user.id, before=before, role=role)
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
    sessions.close_all(user.id, "shut_out")
    presence.set_presence(principal, user.id, State.OFFLINE, cause="shut_out")
    note(principal, events.DEACTIVATED.name, user=user.id)
    return user


@transaction.atomic
def activate(principal: Principal, user_id: UUID) -> User:
    """Let a person in again."""
    user = locked(user_id)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        note(principal, events.ACTIVATED.name, user=user.id)
    return user


@transaction.atomic
def set_teams(principal: Principal, user_id: UUID, teams: Iterable[UUID]) -> User:
    """Put a person into exactly these teams."""
    user = locked(user_id)
    before = set(user.teams.values_list("id", flat=True))
    wanted = existing(teams, kept=before)
    if {team.id for team in wanted} != before:
        user.teams.set(wanted)
        note(principal, events.TEAMS_CHANGED.name, user=user.id, teams=sorted(team.id for team in wanted))
    return user


@transaction.atomic
def reset_second_factor(principal: Principal, user_id: UUID) -> int:
    """Let a person who lost their device in by password alone; return how many authenticators went."""
    authenticators = list(Authenticator.objects.filter(user=locked(user_id)))
    for authenticator in authenticators:
        authenticator.removed_by = principal  # the listener of its deletion records who did it
        authenticator.delete()
    return len(authenticators)


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


def _tidied(field: str, value: str) -> str:
    return value.strip().lower() if field == "email" else value.strip()


def _save(user: User) -> None:
    _clean(user)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as fault:  # somebody took the name or address between the check and now
        raise (EmailTaken() if "email" in str(fault) else UsernameTaken(username=user.username)) from fault


def _clean(user: User) -> None:
    _refuse_taken(user)
    clean(user, constraints=False)


def _refuse_taken(user: User) -> None:
    others = User.objects.exclude(pk=user.pk)
    if others.filter(username__iexact=user.username).exists():
        raise UsernameTaken(username=user.username)
    if user.email and others.filter(email__iexact=user.email).exists():
        raise EmailTaken

"""One's own account: password, language, theme, name."""

from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from servewell.apps.base.principal import Principal
from servewell.apps.people import events, queries, sessions
from servewell.apps.people.actions._shared import clean, locked, note, set_password, warn
from servewell.apps.people.auth import acting
from servewell.apps.people.errors import WrongPassword
from servewell.apps.people.models import User


@transaction.atomic
def change_own_password(request: HttpRequest, current: str, new: str) -> None:
    """Change the signed-in person's password and keep this one session; WrongPassword, WeakPassword."""
    principal = acting(request)
    user = queries.person(principal.id)
    if not user.check_password(current):
        raise WrongPassword
    here = sessions.current(request)
    changed = _change(principal, user.id, new, kept=here.id if here else None)
    update_session_auth_hash(request, changed)
    sessions.follow(request)


@transaction.atomic
def change_password(principal: Principal, user_id: UUID, new: str) -> User:
    """Set a person's password; every session made with the old one ends, and they are told that somebody did it."""
    user = _change(principal, user_id, new)
    if principal.id != user.id:
        warn(user, ["password_set"])
    return user


@transaction.atomic
def update_preferences(principal: Principal, **chosen: str) -> User:
    """Change one's own language, theme or name."""
    user = locked(queries.person(principal.id).id)
    changed = [field for field, value in chosen.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, chosen[field].strip())
    clean(user, constraints=False)
    if changed:
        user.save(update_fields=changed)
        note(principal, events.PREFERENCES_CHANGED.name, fields=sorted(changed))
    return user


def _change(principal: Principal, user_id: UUID, new: str, kept: UUID | None = None) -> User:
    user = locked(user_id)
    set_password(user, new)
    user.save(update_fields=["password"])
    sessions.close_all(user.id, "password", kept=kept)
    note(principal, events.PASSWORD_CHANGED.name, user=user.id)
    return user

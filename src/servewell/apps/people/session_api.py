"""Who am I, and what may I do? The first thing the workspace asks, signed in or not."""

import math
from typing import Any, Literal

from django.conf import settings as deployment
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema

from servewell import __version__
from servewell.apps.base import settings
from servewell.apps.people import actions, limits, listeners, lockout, permissions, queries, sign_ins_api
from servewell.apps.people.auth import acting
from servewell.apps.people.errors import Locked, TooManyTries, WrongPassword
from servewell.apps.people.models import User

router = Router(tags=["session"])
router.add_router("", sign_ins_api.router)
TRIES_PER_MINUTE = 10  # to guess the present password of a session that somebody left open


class Me(Schema):
    """The signed-in person."""

    id: str
    username: str
    name: str
    email: str
    role: str
    language: str
    theme: str
    totp: bool  # is a second factor asked for at sign-in?


class Installation(Schema):
    """The house this is."""

    name: str
    version: str
    demo: bool
    zone: str  # IANA name; times are shown in it


class DemoHint(Schema):
    """How to sign in to the demonstration."""

    username: str
    password: str


class Session(Schema):
    """The person, what they may do, and where."""

    user: Me
    may: list[str]
    alerts: int  # that the person has not put away yet
    installation: Installation
    demo_hint: DemoHint | None = None


class Preferences(Schema):
    """What a person chooses for themself; what is left out stays."""

    language: Literal["zh-Hans", "en"] | None = None
    theme: Literal["light", "dark", "auto"] | None = None
    name: str | None = None


class NewPassword(Schema):
    """A change of one's own password."""

    current: str
    new: str


@router.get("", response=Session, exclude_none=True)
def read_session(request: HttpRequest) -> dict[str, Any]:
    """Return who is signed in; sets the CSRF cookie. 401 (with `installation`) when nobody is."""
    return session_of(request)


@router.patch("", response=Session, exclude_none=True)
def update_session(request: HttpRequest, body: Preferences) -> dict[str, Any]:
    """Change one's own language, theme or name."""
    principal = acting(request)
    permissions.demand(principal, "account.manage")
    user = actions.update_preferences(principal, **body.model_dump(exclude_none=True))
    request.principal = user.principal()  # type: ignore[attr-defined]
    return session_of(request)


@router.post("/password", response={204: None})
def change_password(request: HttpRequest, body: NewPassword) -> None:
    """Change one's own password; other sessions of this person end. Ten tries a minute, each failure is remembered.

    After as many wrong ones as lock a name it is locked here too, for as long: an open session is no place to guess.
    An Idempotency-Key changes nothing here: the transaction that it needs would forget tries and failures.
    """
    principal = acting(request)
    permissions.demand(principal, "account.manage")
    wait = limits.take(f"password:{principal.id}", per_minute=TRIES_PER_MINUTE)
    if wait:
        raise TooManyTries(retry_after_s=math.ceil(wait))
    user = queries.person(principal.id)
    taken = lockout.take(lockout.of_password(user.id))
    if not taken.allowed:
        raise Locked.told(taken.wait_s)
    try:
        actions.change_own_password(request, body.current, body.new)
    except WrongPassword:
        listeners.remember_failure(user.username)
        if taken.is_last:
            actions.remember_lock(user, taken.failures + 1)
        raise
    lockout.forgive([lockout.of_password(user.id)])


def session_of(request: HttpRequest) -> dict[str, Any]:
    """Return the session's body."""
    principal = acting(request)
    permissions.demand(principal, "account.manage")
    get_token(request)
    user = queries.person(principal.id)
    alerts = queries.open_alerts(user.id).count()
    return {"user": _me(user), "may": permissions.verbs_of(principal), "alerts": alerts, **surroundings()}


def surroundings() -> dict[str, Any]:
    """Return what the sign-in page may know: the installation and, in the demonstration, how to sign in."""
    known: dict[str, Any] = {
        "installation": {
            "name": settings.get("people.installation"),
            "version": __version__,
            "demo": deployment.DEMO,
            "zone": settings.get("people.zone"),
        }
    }
    if deployment.DEMO:
        known["demo_hint"] = dict(deployment.DEMO_SIGN_IN)
    return known


def _me(user: User) -> dict[str, Any]:
    return {
        "id": str(user.id),
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "language": user.language,
        "theme": user.theme,
        "totp": queries.has_second_factor(user.id),
    }

"""Where am I signed in, and what should I know of my account?"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from servewell.apps.base import cursors, texts
from servewell.apps.base.principal import Principal
from servewell.apps.people import actions, networks, permissions, queries, sessions
from servewell.apps.people.auth import acting, language_of
from servewell.apps.people.models import Alert, SignIn

router = Router(tags=["session"])
PAGE = 20
SIGN_INS = "people.sign_ins"  # whose cursors these are


class SignInOut(Schema):
    """A sign-in, with the session that came of it."""

    id: UUID
    at: datetime
    seen_at: datetime  # the last sign of life of its screen
    ended_at: datetime | None
    ended_by: str  # "", sign_out, other (from another session), password, expired, shut_out
    live: bool  # does its session still open something?
    current: bool  # is it the session that asks?
    address: str  # cut to its network: 203.0.113.*
    browser: str  # in words
    system: str  # in words
    second_factor: bool


class SignIns(Schema):
    """A page of one's own sign-ins, newest first."""

    items: list[SignInOut]
    next: str | None  # cursor


class EndedSessions(Schema):
    """How many sessions were open and are not any more."""

    ended: int


class AccountAlert(Schema):
    """Something one should look at."""

    id: UUID
    at: datetime
    reasons: list[str]  # codes: new_browser, new_network, after_failures, locked, password_set
    sentence: str
    sign_in: UUID | None


@router.get("/sign-ins", response=SignIns)
def list_sign_ins(request: HttpRequest, cursor: str | None = None) -> dict[str, Any]:
    """List one's own sign-ins, newest first, 20 a page."""
    principal = _me(request)
    after = cursors.decode(cursor, SIGN_INS) if cursor else None
    rows = queries.page_of_sign_ins(queries.person(principal.id).id, after, PAGE + 1)
    following = cursors.encode((rows[PAGE - 1].at, rows[PAGE - 1].id), SIGN_INS) if len(rows) > PAGE else None
    here = request.session.get(sessions.MARK)
    language = language_of(request)
    return {"items": [_sign_in(row, here, language) for row in rows[:PAGE]], "next": following}


@router.delete("/sign-ins/{sign_in_id}", response={204: None})
def end_sign_in(request: HttpRequest, sign_in_id: UUID) -> None:
    """End one of one's own sessions: whoever has it open is signed out at their next step."""
    actions.end_sign_in(_me(request), sign_in_id)


@router.delete("/sign-ins", response=EndedSessions)
def end_other_sign_ins(request: HttpRequest) -> dict[str, int]:
    """End all of one's own sessions but this one."""
    here = sessions.current(request)
    return {"ended": actions.end_other_sign_ins(_me(request), here.id if here else None)}


@router.get("/alerts", response=list[AccountAlert])
def list_alerts(request: HttpRequest) -> list[dict[str, Any]]:
    """List what one has not put away yet, newest first, at most 50."""
    alerts = queries.open_alerts(queries.person(_me(request).id).id)
    return [_alert(alert, language_of(request)) for alert in alerts[:50]]


@router.post("/alerts/{alert_id}/dismiss", response={204: None})
def dismiss_alert(request: HttpRequest, alert_id: UUID) -> None:
    """Put an alert away."""
    actions.dismiss_alert(_me(request), alert_id)


def _me(request: HttpRequest) -> Principal:
    permissions.demand(acting(request), "account.manage")
    return acting(request)


def _sign_in(row: SignIn, here: str | None, language: str) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ("id", "at", "seen_at", "ended_at", "ended_by", "second_factor")}
    return {
        **shown,
        "live": row.live,  # type: ignore[attr-defined]  # of the query
        "current": str(row.id) == here,
        "address": networks.shown(row.network),
        "browser": texts.say(f"people.browser.{row.browser or 'other'}", language),
        "system": texts.say(f"people.system.{row.system or 'other'}", language),
    }


def _alert(alert: Alert, language: str) -> dict[str, Any]:
    said = [texts.say(f"people.alert.{reason}", language, failures=alert.failures) for reason in alert.reasons]
    shown = {"id": alert.id, "at": alert.at, "reasons": alert.reasons, "sign_in": alert.sign_in_id}
    return {**shown, "sentence": ("" if language == "zh-Hans" else " ").join(said)}

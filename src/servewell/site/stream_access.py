"""Who may open a stream, or send much, and what did a stream miss? Asked in a thread of the pool; it holds nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from io import BytesIO
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections, connection

from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame.case import uploading as case_uploading
from servewell.apps.channels.webchat import uploading
from servewell.apps.people import actions, permissions, sessions
from servewell.apps.people.auth import principal_of
from servewell.apps.people.errors import NotAllowed, SignInNeeded
from servewell.site.bridge import Scope, environ_of
from servewell.site.live_feed import VERBS, journal_message

T = TypeVar("T")
OVERLAP_MS = 30_000  # events of transactions that took so long may stand before the last one that was sent
MOST = 1000  # events that are sent again; who missed more asks anew


@dataclass(slots=True)
class Viewer:
    """Whose screen it is."""

    principal: Principal
    request: Any  # kept to ask again whether the session is still good
    last_seen: UUID | None  # `Last-Event-ID`


def _and_let_go(ask: Callable[..., T]) -> Callable[..., T]:
    """Give the thread's connection back to the pool, whatever happens."""

    @wraps(ask)
    def asked(*args: Any) -> T:
        try:
            return ask(*args)
        finally:
            close_old_connections()

    return asked


@_and_let_go
def admit_much(scope: Scope) -> None:
    """Raise SignInNeeded unless a person or a key stands behind a large body: strangers do not fill the disk.

    A visitor of a chat may send a file as large as their site takes, a customer with a link one as the house does.
    """
    if uploading.is_upload(scope["path"]):
        uploading.admit(scope["path"], _headers(scope))
        return
    request = WSGIRequest(environ_of(scope, BytesIO()))
    if case_uploading.is_upload(scope["path"]):
        case_uploading.admit(request)
    elif _principal(request) is None:
        raise SignInNeeded


@_and_let_go
def admit(scope: Scope) -> Viewer:
    """Return the signed-in person behind the session cookie; SignInNeeded, NotAllowed."""
    request = WSGIRequest(environ_of(scope, BytesIO()))
    principal = _principal(request)
    if principal is None or principal.kind != "agent":
        raise SignInNeeded
    if not any(permissions.can(principal, verb) for verb in VERBS.values()):
        raise NotAllowed(verb="journal.read")
    # A tab that takes over the stream from another one cannot set the header: it names the id in the address.
    last_seen = request.headers.get("Last-Event-ID") or request.GET.get("last_event_id")
    _show_life(principal, request)
    return Viewer(principal, request, _uuid(last_seen))


@_and_let_go
def still_admitted(viewer: Viewer) -> bool:
    """Is the session still open, and the person what they were? Then this is a sign of their life."""
    if _principal(viewer.request) != viewer.principal:
        return False
    _show_life(viewer.principal, viewer.request)
    return True


@_and_let_go
def missed(viewer: Viewer) -> bytes:
    """Return the events recorded since shortly before the last one seen; the screen drops those it knows."""
    if viewer.last_seen is None:
        return b""
    rows = _since(viewer.last_seen)
    if len(rows) > MOST:
        return b"event: refresh\ndata: {}\n\n"
    told = (journal_message(row) for row in rows)
    return b"".join(message.text for message in told if message.is_visible_to(viewer.principal))


def _since(last: UUID) -> list[dict[str, Any]]:
    """Ids begin with their time in ms: an id 30 s older than `last` is found by taking that off."""
    floor = UUID(int=max((last.int >> 80) - OVERLAP_MS, 0) << 80)
    names = ("id", "seq", "conversation", "team", "activity", "occurred_at")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select id::text, seq, conversation::text, team::text, coalesce(element, activity),
                   to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            from journal_event where id >= %s order by id limit %s
            """,
            [floor, MOST + 1],
        )
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _principal(request: Any) -> Principal | None:
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    return principal_of(request)


def _show_life(principal: Principal, request: Any) -> None:
    """An open screen keeps its person from being taken offline, and its sign-in from looking old."""
    if principal.id is not None:
        actions.show_sign_of_life(principal.id, _uuid(request.session.get(sessions.MARK)))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None

"""On whose behalf does a request come? A signed-in person (cookie and CSRF token) or a program (API key)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from ninja.security import APIKeyCookie, HttpBearer

from servewell.apps.base import clock, texts
from servewell.apps.base.principal import Principal
from servewell.apps.people import keys
from servewell.apps.people.errors import SignInNeeded
from servewell.apps.people.models import ApiKey, User

Responder = Callable[[HttpRequest], HttpResponseBase]
_DJANGO_CODES = {"zh-Hans": "zh-hans", "en": "en"}


def principal_middleware(get_response: Responder) -> Responder:
    """Give each request its `principal` (None: nobody is signed in) and its language."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        request.principal = principal_of(request)  # type: ignore[attr-defined]
        request.language = language_of(request)  # type: ignore[attr-defined]
        with translation.override(_DJANGO_CODES[request.language]):  # type: ignore[attr-defined]
            return get_response(request)

    return respond


def principal_of(request: HttpRequest) -> Principal | None:
    """Return who a request with a key or a session comes from; None for neither, or one that opens nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _program(request, token.strip())
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user.principal() if isinstance(request.user, User) else None


def language_of(request: HttpRequest) -> str:
    """Return the language to answer in: the person's, else the best of `Accept-Language`, else Chinese."""
    principal: Principal | None = getattr(request, "principal", None)
    if principal is not None and principal.kind == "agent":
        return principal.language
    return texts.nearest(translation.get_language_from_request(request))


def acting(request: HttpRequest) -> Principal:
    """Return who acts; SignInNeeded when nobody does."""
    principal: Principal | None = getattr(request, "principal", None)
    if principal is None:
        raise SignInNeeded
    return principal


class SessionAuth(APIKeyCookie):
    """A person in the workspace: the session's cookie, and on writes the CSRF token in a header."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        if getattr(request, "principal", None) is None:
            return None  # nobody to protect from forgery: 401 says more than 403
        return super()._get_key(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Principal | None:
        """Return the signed-in person."""
        return acting(request) if key else None


class KeyAuth(HttpBearer):
    """A program: `Authorization: Bearer sw_...`."""

    def authenticate(self, request: HttpRequest, token: str) -> Principal | None:
        """Return the program; a key that opens nothing is refused even beside a valid session."""
        principal = acting(request)
        if principal.kind != "key":
            raise SignInNeeded
        return principal


def _program(request: HttpRequest, token: str) -> Principal | None:
    key = keys.find(token)
    if key is None:
        return None
    _note_use(key)
    return replace(key.principal, language=language_of(request))


def _note_use(key: keys.Opened) -> None:
    """Write the time of use, at most once a minute."""
    now = clock.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    if key.last_used_at is None or key.last_used_at < now - timedelta(minutes=1):
        ApiKey.objects.filter(stale, pk=key.id).update(last_used_at=now)

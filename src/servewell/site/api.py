"""What does the world speak to? `/api/v1`: one router a room, one form of refusal, two ways to say who one is."""

import math
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied as DjangoDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from servewell import __version__
from servewell.apps import channels
from servewell.apps.base import settings, texts
from servewell.apps.base.errors import JsonUnfit, ServewellError
from servewell.apps.base.principal import Principal
from servewell.apps.people import limits, session_api, settings_api
from servewell.apps.people.auth import KeyAuth, SessionAuth, language_of
from servewell.apps.people.errors import NotAllowed, SignInNeeded
from servewell.site import description, http, repeats
from servewell.site.parsing import StorableParser

Run = Callable[..., HttpResponseBase]
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_NEVER_TWICE = {
    "/api/v1/session/password",  # a refused try counts, so it is not rolled back
    "/api/v1/channels/accounts/{account_id}/check",  # it calls outside: no transaction may wait for it
}
_FOLDER = "servewell.apps."


class Api(NinjaAPI):
    """Names its operations `<room>_<handler>`."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return a name that stays when a module moves."""
        _, _, room, *inner = operation.view_func.__module__.split(".")
        channel = [inner[0]] if room == "channels" and inner[0] != channels.FRAME else []
        return "_".join([room, *channel, operation.view_func.__name__])

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        """Return the description (OpenAPI 3.1)."""
        return description.described(super().get_openapi_schema(**how), never_twice=_NEVER_TWICE)


def build() -> NinjaAPI:
    """Return the API with the router of every installed room, mounted under its label."""
    made = Api(
        title="Servewell",
        version=__version__,
        urls_namespace="api-v1",
        auth=[KeyAuth(), SessionAuth()],
        docs_url=None,
        openapi_url="openapi.json",
        parser=StorableParser(),
    )
    made.add_decorator(guarded, mode="view")
    made.add_router("/session", session_api.router)
    made.add_router("/settings", settings_api.router)
    for label, room in _rooms():
        made.add_router(f"/{label.replace('_', '/')}", room.router, tags=[label])
        for place, router in getattr(room, "ELSEWHERE", {}).items():  # what stands at the address of another room
            made.add_router(place, router, tags=[label])
    for kind, answer in _ANSWERS.items():
        made.add_exception_handler(kind, answer)
    return made


def guarded(run: Run) -> Run:
    """Hold every request to its limit, and every write to its Idempotency-Key."""

    def respond(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        principal: Principal | None = getattr(request, "principal", None)
        try:
            _hold_to_limit(principal)
            key = request.headers.get("Idempotency-Key")
            if principal is None or key is None or request.method not in _WRITES or _is_never_twice(request.path):
                return run(request, *args, **values)
            return repeats.once(principal, key, request, lambda: run(request, *args, **values))
        except ServewellError as error:
            return http.problem(request, error)

    return respond


def _is_never_twice(path: str) -> bool:
    return any(known.fullmatch(path) for known in _patterns())


@cache
def _patterns() -> list[re.Pattern[str]]:
    return [re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))) for path in _NEVER_TWICE]


def _hold_to_limit(principal: Principal | None) -> None:
    """Programs are limited across all processes; of people only what no hand can do is stopped."""
    if principal is None or principal.kind != "key":
        return
    wait = limits.purse.take(f"key:{principal.id}", lambda: float(settings.get("people.key_requests_per_minute")))
    if wait:
        raise http.TooManyRequests(retry_after_s=math.ceil(wait))


def _rooms() -> list[tuple[str, ModuleType]]:
    rooms = [room for room in apps.get_app_configs() if room.name.startswith(_FOLDER)]
    return [(room.label, import_module(f"{room.name}.api")) for room in rooms if find_spec(f"{room.name}.api")]


def _refusal(request: HttpRequest, error: ServewellError) -> HttpResponse:
    return http.problem(request, error)


def _signed_out(request: HttpRequest, error: Exception) -> HttpResponse:
    """The workspace asks for the session first: then the refusal carries what the sign-in page shows."""
    response = http.problem(request, SignInNeeded(), **_sign_in_page(request))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _sign_in_page(request: HttpRequest) -> dict[str, Any]:
    if not request.path.endswith("/api/v1/session"):
        return {}
    from django.middleware.csrf import get_token

    get_token(request)
    return session_api.surroundings()


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, ServewellError):  # of our own parser
        return http.problem(request, error.__cause__)
    refusals = {403: http.Forged, 404: http.NotFound, 405: http.MethodNotAllowed, 413: http.TooLarge}
    return http.problem(request, refusals.get(error.status_code, http.Malformed)())


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    language = language_of(request)
    fields = [_field(fault, language) for fault in error.errors]
    if any(fault["type"] == "json_invalid" for fault in error.errors):
        return http.problem(request, http.Malformed())
    return http.problem(request, http.Invalid(fields=fields))


def _field(fault: dict[str, Any], language: str) -> dict[str, Any]:
    """Say in words what is wrong with one field; what has no words of its own is just not fit."""
    kind = str(fault["type"])
    key = f"site.field.{kind}"
    context = {name: value for name, value in (fault.get("ctx") or {}).items() if isinstance(value, str | int | float)}
    sentence = texts.say(key if texts.known(key) else "site.field.other", language, **context)
    return {"name": _name(fault["loc"]), "code": kind, "sentence": sentence}


def _name(place: tuple[Any, ...]) -> str:
    """A place is (source, argument of the handler, field...) in a body, (source, field...) elsewhere."""
    inner = place[2:] if place[0] == "body" and len(place) > 2 else place[1:]
    return ".".join(str(part) for part in inner)


def _unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    """A value the database does not take, in an address or after reckoning: the sender's; but a room let it through."""
    http.log.warning("%s %s: the database refused a value", request.method, request.path, exc_info=error)
    return http.problem(request, JsonUnfit(reason="text"))


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    return http.broken(request, error)


_ANSWERS: dict[type[Exception], Callable[..., HttpResponse]] = {
    Exception: _broken,
    DataError: _unstorable,
    ServewellError: _refusal,
    SignInNeeded: _signed_out,
    AuthenticationError: _signed_out,
    HttpError: _http_error,
    ValidationError: _invalid,
    Http404: lambda request, error: http.problem(request, http.NotFound()),
    DjangoDenied: lambda request, error: http.problem(request, NotAllowed(verb="-")),
    RequestDataTooBig: lambda request, error: http.problem(request, http.TooLarge(limit_bytes=_memory_limit())),
    SuspiciousOperation: lambda request, error: http.problem(request, http.Malformed()),
}


def _memory_limit() -> int:
    from django.conf import settings as deployment

    return int(deployment.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


api = build()

"""What can go wrong between the request and the room? Each has a name, a status and a sentence too."""

import json
import logging
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from servewell.apps.base import ids
from servewell.apps.base.errors import ServewellError
from servewell.apps.people.auth import language_of

log = logging.getLogger("servewell.http")

# Class 08 of PostgreSQL's error codes are broken connections; these three say that the server goes or comes.
_SERVER_LEAVES = {"57P01", "57P02", "57P03"}


# The server gave this transaction up for others': a deadlock, a serialization failure, a lock it would not wait for.
_LOST_TO_OTHERS = {"40P01", "40001", "55P03"}


class HttpRefusal(ServewellError):
    """A refusal before a room was reached."""

    room = "site"


class Malformed(HttpRefusal):
    """The request cannot be read: broken JSON, a broken form."""

    slug = "malformed"
    status = 400


class Forged(HttpRefusal):
    """The CSRF token is missing or does not match the cookie."""

    slug = "forged"
    status = 403


class NotFound(HttpRefusal):
    """There is nothing at this address, or nothing that this person may see."""

    slug = "not-found"
    status = 404


class MethodNotAllowed(HttpRefusal):
    """This address exists, but not for this method."""

    slug = "method-not-allowed"
    status = 405


class TooLarge(HttpRefusal):
    """The body is larger than `limit_bytes`."""

    slug = "too-large"
    status = 413


class Invalid(HttpRefusal):
    """Fields are missing or not of their kind; `fields` says which and why."""

    slug = "invalid"
    status = 422


class TooManyRequests(HttpRefusal):
    """More requests than the limit; `retry_after_s` says when the next one is welcome."""

    slug = "too-many-requests"
    status = 429


class Broken(HttpRefusal):
    """A fault of ours; `incident` stands in the log beside its cause."""

    slug = "broken"
    status = 500


class Overloaded(HttpRefusal):
    """More requests are waiting than can be answered soon."""

    slug = "overloaded"
    status = 503


class DatabaseAway(HttpRefusal):
    """The database does not answer; whoever runs Servewell is already starting it again."""

    slug = "database-away"
    status = 503


class Contended(HttpRefusal):
    """Two changes of the same things waited for each other, and this one was given up; nothing was kept."""

    slug = "contended"
    status = 503


def problem(request: HttpRequest, error: ServewellError, **more: Any) -> HttpResponse:
    """Return the error as `application/problem+json` (RFC 9457) in the person's language."""
    body = error.problem(getattr(request, "language", None) or language_of(request)) | more
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False), status=error.status, content_type="application/problem+json"
    )
    response["Cache-Control"] = "no-store"
    if "retry_after_s" in error.values:
        response["Retry-After"] = str(error.values["retry_after_s"])
    return response


def broken(request: HttpRequest, cause: BaseException | None) -> HttpResponse:
    """Log a fault of ours under a new incident id, and return the page that names only the id."""
    if database_is_away(cause):
        log.error("%s %s: the database does not answer: %s", request.method, request.path, cause)
        return problem(request, DatabaseAway(retry_after_s=5))
    if _is_lost_to_others(cause):
        log.warning("%s %s: given up for others: %s", request.method, request.path, cause)
        return problem(request, Contended(retry_after_s=1))
    incident = str(ids.new())
    log.error("incident %s: %s %s", incident, request.method, request.path, exc_info=cause)
    return problem(request, Broken(incident=incident))


def database_is_away(cause: BaseException | None) -> bool:
    """Did this fail because no connection could be had, rather than by a statement that the server refused?"""
    if not isinstance(cause, OperationalError | InterfaceError):
        return False
    code = getattr(cause.__cause__, "sqlstate", None)
    return code is None or code.startswith("08") or code in _SERVER_LEAVES


def _is_lost_to_others(cause: BaseException | None) -> bool:
    return isinstance(cause, OperationalError) and getattr(cause.__cause__, "sqlstate", None) in _LOST_TO_OTHERS

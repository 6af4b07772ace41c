"""Which files and pages does the site itself serve? The built workspace, `/healthz`, and pages for failures."""

import html
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseMiddleware

from servewell import __version__
from servewell.apps.base import texts
from servewell.apps.people.auth import language_of
from servewell.site import http
from servewell.site.demo import chat

_PAGES = ("/index.html", "/case.html", "/shop.html")
_WIDGET = "/widget/"


class WorkspaceFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Serves what Vite built (`/assets/` never changes: its names carry a hash) and Django's own static files."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        if Path(settings.DIST).is_dir():
            self.add_files(settings.DIST)
            for page in _PAGES:  # read fresh at every address
                self.files.pop(page, None)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with a file, else hand on; a build that came while we run is noticed."""
        url = request.path_info
        if (url.startswith("/assets/") and url not in self.files) or url.startswith(_WIDGET):
            self._look_again(url)
        try:
            response: HttpResponseBase = super().__call__(request)
        except FileNotFoundError:  # of an older build
            self.files.pop(url, None)
            return self.get_response(request)  # type: ignore[no-any-return]
        return _for_others(response) if url.startswith(_WIDGET) else response

    def _look_again(self, url: str) -> None:
        path = Path(settings.DIST, url.lstrip("/")).resolve()
        if path.is_relative_to(Path(settings.DIST).resolve()) and path.is_file():
            self.add_file_to_dictionary(url, str(path))

    def immutable_file_test(self, path: str, url: str) -> bool:
        """May the browser keep this file for ever?"""
        return url.startswith("/assets/") or bool(super().immutable_file_test(path, url))


def _for_others(response: HttpResponseBase) -> HttpResponseBase:
    """Let pages of any origin load the widget; its address stays, so they soon ask whether there is a newer one."""
    if response.status_code in (200, 304):
        response["Cache-Control"] = "public, max-age=300"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def workspace(request: HttpRequest, path: str = "") -> HttpResponse:
    """Return the workspace's one page, whatever the address: its router reads the rest."""
    page = Path(settings.DIST) / "index.html"
    if Path(path).suffix and path.startswith(("assets/", "static/", "widget/")):
        return HttpResponse(status=404)  # a file of an older build; the page in its place would only confuse
    if not page.is_file():
        return _plain(request, "site.page.not-built", 503)
    response = HttpResponse(page.read_bytes())
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def case(request: HttpRequest, token: str) -> HttpResponse:
    """Return the customer's one page, whatever the token: whether it opens anything, the page asks the API.

    Its address is a key: no other page is told it, no cache and no search engine keeps it.
    """
    page = Path(settings.DIST) / "case.html"
    response = HttpResponse(page.read_bytes()) if page.is_file() else _plain(request, "site.page.not-built", 503)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """Return the demonstration's shop, whose page holds the chat; elsewhere there is none."""
    return _shop_with(request, chat.SITE) if settings.DEMO else http.problem(request, http.NotFound())


@require_safe
def preview(request: HttpRequest, site: UUID) -> HttpResponse:
    """Return a shop's page with this chat in it, to try it out: for those who work here."""
    signed_in = request.user.is_authenticated
    return _shop_with(request, site) if signed_in else http.problem(request, http.NotFound())


def _shop_with(request: HttpRequest, site: UUID) -> HttpResponse:
    page = Path(settings.DIST) / "shop.html"
    if not page.is_file():
        return http.problem(request, http.NotFound())
    response = HttpResponse(page.read_bytes().replace(b"__CHAT__", str(site).encode()))
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers too, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return http.broken(request, error)
    return JsonResponse({"status": "ok", "version": __version__})


def sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Send whoever opens /admin/ unsigned to the workspace's sign-in, where the second factor is asked too."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next=/admin/")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the token is missing or old."""
    return http.problem(request, http.Forged())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be read."""
    return http.problem(request, http.Malformed())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here."""
    return http.problem(request, http.NotFound())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that it is not allowed."""
    return http.problem(request, http.Forged())


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault, or the database's; Django has logged the cause."""
    return http.broken(request, sys.exc_info()[1])


def _plain(request: HttpRequest, key: str, status: int) -> HttpResponse:
    language = language_of(request)
    sentence = html.escape(texts.say(key, language))
    page = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Servewell</title><p>{sentence}</p></html>'
    )
    return HttpResponse(page, status=status)

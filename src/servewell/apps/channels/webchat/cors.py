"""Which pages may talk to a chat? Those of the origins that its account names, and our own; no cookie ever counts.

A request that a page of another origin sends is refused, not only hidden from it: so the log and the page's own tools
say why, and nothing is done for whoever is not meant to ask.
"""

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import sites

Responder = Callable[[HttpRequest], HttpResponseBase]
OURS = re.compile(r"/api/v1/channels/webchat/([0-9a-fA-F-]{36})/")
EVERYWHERE = "*"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "authorization, content-type, accept-language, if-none-match",
    "Access-Control-Max-Age": "600",
}


def middleware(get_response: Responder) -> Responder:
    """Answer preflights of the chat, take cookies away from its requests, and say who may read the answers."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        found = OURS.match(request.path)
        if found is None:
            return get_response(request)
        _forget_cookies(request)
        if request.method == "OPTIONS":
            return _share(request, HttpResponse(status=204, headers=PREFLIGHT), _account(found[1]))
        response = get_response(request)
        return _share(request, response, getattr(request, "chat_account", None) or _account(found[1]))

    return respond


def allows(account: Account, origin: str, host: str) -> bool:
    """May a page of this origin talk to the chat? `host` (with its port) is how the page called us."""
    if not origin:
        return True  # no page of another origin: a browser always says
    if urlsplit(origin).netloc == host:
        return True
    return _is_among(origin.lower(), sites.option(account, "origins"))


def shared(origin: str) -> dict[str, str]:
    """Return the headers that let a page of this origin read the answer."""
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "etag, retry-after"}


def normal(text: str) -> str:
    """Return an origin as browsers write it, `https://shop.example`; "" for what is none.

    `*` stands for all, `https://*.shop.example` for all names below one.
    """
    text = text.strip().rstrip("/").lower()
    if text == EVERYWHERE:
        return text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return ""
    name = (parts.hostname or "").removeprefix("*.")
    is_origin = parts.scheme in {"http", "https"} and not (parts.path or parts.query or parts.fragment)
    if not is_origin or "@" in parts.netloc or not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", name):
        return ""
    usual = {"http": 80, "https": 443}[parts.scheme]
    bare = parts.netloc.rpartition(":")[0] if port is not None else parts.netloc
    return f"{parts.scheme}://{bare}" + (f":{port}" if port not in (None, usual) else "")


def _is_among(origin: str, wanted: Iterable[str]) -> bool:
    return any(_fits(origin, one) for one in wanted)


def _fits(origin: str, one: str) -> bool:
    if one in (EVERYWHERE, origin):
        return True
    scheme, star, below = one.partition("*.")
    name = origin.removeprefix(scheme)
    return bool(star) and origin.startswith(scheme) and name.endswith(f".{below}") and "/" not in name


def _forget_cookies(request: HttpRequest) -> None:
    request.META.pop("HTTP_COOKIE", None)
    request.__dict__.pop("COOKIES", None)


def _account(site: str) -> Account | None:
    try:
        return Account.objects.filter(pk=UUID(site), channel=sites.CODE).first()
    except ValueError:
        return None


def _share(request: HttpRequest, response: HttpResponseBase, account: Account | None) -> HttpResponseBase:
    origin = request.headers.get("Origin", "")
    response["Vary"] = ", ".join(filter(None, [response.get("Vary", ""), "Origin"]))
    if not origin or account is None:
        return response
    if allows(account, origin, request.get_host()):
        for name, value in shared(origin).items():
            response[name] = value
    elif request.method == "OPTIONS":
        return HttpResponse(status=403)
    return response

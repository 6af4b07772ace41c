"""Who asks, from where? A visitor by their token; no cookie is ever looked at."""

import json
import math
from typing import Any
from uuid import UUID

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest
from ninja.security.base import AuthBase

from servewell.apps.base import cleaning, secrets, settings
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import actions, cors, tokens, visitors
from servewell.apps.channels.webchat.errors import TooFast, WrongOrigin
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.people import browsers, limits, networks


class VisitorAuth(AuthBase):
    """A visitor of the chat: `Authorization: Visitor <token>`; `limit` says what is counted, of `visitors.LIMITS`."""

    openapi_type = "http"
    openapi_scheme = "visitor"

    def __init__(self, limit: str = "requests") -> None:
        self.limit = limit
        super().__init__()

    def __call__(self, request: HttpRequest) -> Visitor:
        """Return the visitor; NoVisitor, NoSuchSite, WrongOrigin, IdentityNeeded, TooFast. Two statements."""
        visitor = visitors.by_token(site_of(request), token_of(request))
        enter(request, visitor.account)
        visitors.demand_identity(visitor)
        stored = getattr(visitor, self.limit)
        most = settings.from_stored(visitors.LIMITS[self.limit], None if stored is None else json.dumps(stored))
        hold(f"chat:{self.limit}:{visitor.id}", per_minute=most, burst=max(3, most // 2))
        actions.note_life(visitor)
        request.visitor = visitor  # type: ignore[attr-defined]
        return visitor


def visitor_of(request: HttpRequest) -> Visitor:
    """Return who asks."""
    found: Visitor = request.visitor  # type: ignore[attr-defined]
    return found


def site_of(request: HttpRequest) -> UUID:
    """Return the site that the address names."""
    match: Any = request.resolver_match
    return UUID(str(match.kwargs["site"]))


def token_of(request: HttpRequest) -> str:
    """Return the token that was sent, or ""."""
    return tokens.given(request.headers.get("Authorization", ""))


def enter(request: HttpRequest, account: Account) -> None:
    """Note the site, so that the answer can say which pages may read it; WrongOrigin for those that may not ask."""
    request.chat_account = account  # type: ignore[attr-defined]
    origin = request.headers.get("Origin", "")
    if not cors.allows(account, origin, request.get_host()):
        raise WrongOrigin(origin=line(origin, 200))


def hold(key: str, *, per_minute: int, burst: int | None = None) -> None:
    """Take one of so many; TooFast."""
    wait = limits.take(key, per_minute=per_minute, burst=burst)
    if wait:
        raise TooFast(retry_after_s=math.ceil(wait))


def network_mark(request: HttpRequest) -> str:
    """Return a mark that tells one network from another, and names none."""
    network = networks.of(get_client_ip(request))
    return secrets.mark(f"chat network {network}") if network else ""


def browser_of(request: HttpRequest) -> str:
    """Return the codes of browser and system."""
    return " ".join(browsers.named(request.headers.get("User-Agent", "")[:400]))


def line(text: str, most: int) -> str:
    """Return a text as one line of at most so many characters."""
    return cleaning.short_line(text[: most * 8], most=most).text

"""Who asks, from where? A visitor by their token; no cookie is ever looked at."""

import math
from typing import Any
from uuid import UUID

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest
from ninja.security.base import AuthBase

from servewell.apps.base import cleaning, clock, secrets, settings
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import actions, cors, sites, tokens
from servewell.apps.channels.webchat.errors import IdentityNeeded, NoVisitor, TooFast, WrongOrigin
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.people import browsers, limits, networks


class VisitorAuth(AuthBase):
    """A visitor of the chat: `Authorization: Visitor <token>`."""

    openapi_type = "http"
    openapi_scheme = "visitor"

    def __call__(self, request: HttpRequest) -> Visitor:
        """Return the visitor; NoVisitor, NoSuchSite, IdentityNeeded, TooFast."""
        visitor = by_token(site_of(request), token_of(request))
        enter(request, visitor.account)
        hold(f"chat:visitor:{visitor.id}", per_minute=settings.get("channels_webchat.requests_per_minute"))
        actions.note_life(visitor)
        request.visitor = visitor  # type: ignore[attr-defined]
        return visitor


def by_token(site: UUID, token: str) -> Visitor:
    """Return the visitor with a token on a site; NoVisitor, NoSuchSite, IdentityNeeded."""
    found = None
    if token:
        mine = Visitor.objects.select_related("account__team").filter(token=tokens.hashed(token))
        found = mine.filter(account_id=site, expires_at__gt=clock.now()).first()
    if found is None:
        sites.site(site)  # a site that is gone is told apart from a token that is
        raise NoVisitor
    sites.usable(found.account)
    if not found.is_identified and sites.option(found.account, "identity") == "required":
        raise IdentityNeeded
    return found


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

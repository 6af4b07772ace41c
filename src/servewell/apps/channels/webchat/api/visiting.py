"""A visitor comes, looks how things stand, and goes."""

import hashlib
import json
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from servewell.apps.base import clock, settings, texts
from servewell.apps.channels.webchat import actions, identity, sites
from servewell.apps.channels.webchat.actions import Hello
from servewell.apps.channels.webchat.api import asking, shown
from servewell.apps.channels.webchat.api.shapes import ConfigShown, HelloIn, HelloShown, StateShown
from servewell.apps.channels.webchat.errors import IdentityNeeded
from servewell.apps.channels.webchat.identity import Signed
from servewell.apps.customers.names import language_tag
from servewell.apps.people.auth import language_of

_BACK = 20  # times as many who are known already may come from one network as new ones
router = Router(auth=asking.VisitorAuth())


@router.get("/{uuid:site}/config", auth=None, response=ConfigShown)
def read_config(request: HttpRequest, site: UUID, response: HttpResponse, lang: str = "") -> Any:
    """Tell what a widget wants to know before anybody comes: words, looks, the form, hours, limits."""
    account = sites.site(site)
    asking.enter(request, account)
    config = shown.config(account, texts.nearest(lang) if lang else language_of(request))
    tag = f'"{hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode()).hexdigest()[:32]}"'
    response["ETag"], response["Cache-Control"] = tag, "public, max-age=60"
    response["Vary"] = "Accept-Language"
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "public, max-age=60"})
    return config


@router.post("/{uuid:site}/visitors", auth=None, response=HelloShown)
def greet(request: HttpRequest, site: UUID, said: HelloIn) -> dict[str, Any]:
    """Say hello, at every page load: who one is, a token to keep, and how things stand."""
    account = sites.site(site)
    asking.enter(request, account)
    signed = _signed(account, said.identity)
    network = asking.network_mark(request)
    most = settings.get("channels_webchat.hellos_per_minute")
    asking.hold(f"chat:hello:{network}", per_minute=most * _BACK)
    fresh = partial(asking.hold, f"chat:new:{network}", per_minute=most)
    visitor, kept = actions.hello(account, asking.token_of(request), signed, _hello(request, said, network), fresh)
    return {
        "visitor": shown.visitor(visitor),
        "token": kept,
        "expires_at": visitor.expires_at,
        "state": shown.state(visitor, language_of(request)),
    }


@router.delete("/{uuid:site}/visitors/me", response={204: None})
def leave(request: HttpRequest, site: UUID) -> Status[None]:
    """Forget this browser: its token stops."""
    actions.forget(asking.visitor_of(request))
    return Status(204, None)


@router.get("/{uuid:site}/state", response=StateShown)
def read_state(request: HttpRequest, site: UUID) -> dict[str, Any]:
    """Tell how things stand."""
    return shown.state(asking.visitor_of(request), language_of(request))


def _signed(account: Any, token: str) -> Signed | None:
    wish = sites.option(account, "identity")
    if token and wish != "none":
        return identity.verified(token, sites.identity_secrets(account), clock.now())
    if wish == "required":
        raise IdentityNeeded
    return None


def _hello(request: HttpRequest, said: HelloIn, network: str) -> Hello:
    return Hello(
        language=language_tag(said.language),
        network=network,
        browser=asking.browser_of(request),
        page_url=_bare(asking.line(said.page.url, 500)),
        page_title=asking.line(said.page.title, 200),
        referrer=_bare(asking.line(said.page.referrer, 500)),
    )


def _bare(url: str) -> str:
    """What stands after ? and # may be anybody's secret."""
    return url.partition("#")[0].partition("?")[0] if url.startswith(("http://", "https://")) else ""

"""Who asks with a link, and how often? Nobody signs in: the link itself is the key."""

import math
from uuid import UUID

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

from servewell.apps.base import secrets, settings
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.case.errors import NoSuchLink, TooFast
from servewell.apps.conversations.models import Conversation
from servewell.apps.people import limits, networks

_LOOKS, _FILES, _GUESSES, _WRITES = 120, 20, 30, 60  # a minute: of a link, of a link, of a network, of a network


def opened(request: HttpRequest, token: str) -> tuple[UUID, Conversation]:
    """Return what a link opens, as `links.opened`; TooFast. Who guesses is stopped with all of their network."""
    try:
        bound, row = links.opened(token)
    except NoSuchLink:
        _hold(f"case:guess:{network_mark(request)}", _GUESSES)
        raise
    _hold(f"case:look:{bound}", _LOOKS)
    return bound, row


def hold_message(request: HttpRequest, bound: UUID) -> None:
    """Count a message; TooFast."""
    _hold(f"case:write:{network_mark(request)}", _WRITES)
    _hold(f"case:message:{bound}", settings.get("channels.link_messages_per_minute"))


def hold_file(request: HttpRequest, bound: UUID) -> None:
    """Count a file; TooFast."""
    _hold(f"case:write:{network_mark(request)}", _WRITES)
    _hold(f"case:file:{bound}", _FILES)


def network_mark(request: HttpRequest) -> str:
    """Return a mark that tells one network from another, and names none."""
    network = networks.of(get_client_ip(request))
    return secrets.mark(f"case network {network}")[:32] if network else ""


def _hold(key: str, per_minute: int) -> None:
    wait = limits.take(key, per_minute=per_minute)
    if wait:
        raise TooFast(retry_after_s=math.ceil(wait))

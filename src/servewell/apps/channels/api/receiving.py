"""How does an outside system hand in what a customer wrote? As every channel: through the reception."""

import time
from dataclasses import replace
from uuid import UUID

from servewell.apps.base import cleaning
from servewell.apps.base.principal import Principal
from servewell.apps.channels.api import sources
from servewell.apps.channels.api.errors import ReservedSource
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame import kinds
from servewell.apps.conversations.actions import InboundMessage, Received
from servewell.apps.conversations.attachments import access
from servewell.apps.flows import reception

_LONGEST_SOURCE = 100
_SHOWN_EVERY_S = 5.0  # when something last came by an account need not be truer than that
_shown: dict[UUID, float] = {}


def receive(principal: Principal, message: InboundMessage) -> Received:
    """Take in what an outside system hands over; NotItsKey, ReservedSource, and as of `conversations.actions.receive`.

    A source that has an account gives the message its account, team and channel; one without is only a name.
    """
    access.demand_usable(principal, [file.attachment_id for file in message.attachments])
    message = replace(message, source=_own_name(message.source))
    if message.conversation is not None:
        sources.demand_may_join(principal, message.conversation)
    source = sources.of(message.source) if message.source else None
    if source is None:
        return reception.receive(_as_channel(principal), replace(message, channel=message.channel or "api"))
    sources.demand_its_key(principal, source)
    known = replace(message, account=source.account, default_team=source.team, channel=message.channel or source.speaks)
    received = reception.receive(_as_channel(principal), known)
    _show(source.account)
    return received


def _own_name(source: str) -> str:
    """Return the name of a source as it is stored; ReservedSource for one that a channel of ours uses."""
    name = cleaning.short_line(source, most=_LONGEST_SOURCE).text
    if kinds.is_reserved(name):
        raise ReservedSource(name=name)
    return name


def _as_channel(principal: Principal) -> Principal:
    """Return the program as a channel: whoever may bring messages in brings them for every team."""
    return replace(principal, kind="system", scopes=None)


def _show(account: UUID) -> None:
    now = time.monotonic()
    if now - _shown.get(account, -_SHOWN_EVERY_S) >= _SHOWN_EVERY_S:
        _shown[account] = now
        frame.came_in(account)


def forget_shown() -> None:
    """Show the next message of every account at once; for tests."""
    _shown.clear()

"""How does what a visitor wrote become a message? By reception, as of every channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.webchat import sites
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.conversations.actions import InboundFile, InboundMessage, Received
from servewell.apps.customers.identities import Identity
from servewell.apps.flows import reception

_LATE = timedelta(hours=24)  # how long a message may have waited for the network and still say when it was written


@dataclass(frozen=True, slots=True)
class Words:
    """What a visitor sends."""

    client_id: UUID  # made by the widget: the same twice is one message
    text: str = ""
    files: Sequence[UUID] = ()
    wrote_at: datetime | None = None
    language: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)  # of a new conversation


def receive(visitor: Visitor, words: Words) -> Received:
    """Hand a visitor's words to reception."""
    return reception.receive(SYSTEM, inbound(visitor, words))


def inbound(visitor: Visitor, words: Words) -> InboundMessage:
    """Return the message in the form of all channels; its name over there is the visitor's own, so nobody takes it."""
    return InboundMessage(
        channel="chat",
        source=visitor.source,
        account=visitor.account_id,
        external_id=external_id(visitor, words.client_id),
        thread=visitor.thread,
        text=words.text,
        attachments=tuple(InboundFile(one) for one in words.files),
        occurred_at=_moment(visitor, words.wrote_at),
        waits_from_arrival=True,
        language=words.language or visitor.language or visitor.account.language,
        default_team=visitor.account.team_id,
        customer_name=visitor.signed.get("name") or visitor.typed.get("name", ""),
        identities=tuple(_identities(visitor)),
        fields=words.fields,
    )


def external_id(visitor: Visitor, client_id: UUID) -> str:
    """Return a message's name over there."""
    return f"{visitor.id}:{client_id}"


def _moment(visitor: Visitor, told: datetime | None) -> datetime | None:
    """Return when it was written, as far as a visitor's word goes: a day back, and not before they were here."""
    if told is None or told.tzinfo is None:
        return None
    return max(told, clock.now() - _LATE, visitor.created_at)


def _identities(visitor: Visitor) -> list[Identity]:
    """What the site signed is proven; what was typed is a claim."""
    found = [Identity("visitor", str(visitor.id), source=visitor.source)]
    if visitor.is_identified:
        found.append(Identity("external", visitor.person, source=sites.person_source(visitor.account), verified=True))
    proven = visitor.signed if visitor.is_identified else {}
    for kind in ("email", "phone"):
        if signed := proven.get(kind):
            found.append(Identity(kind, signed, verified=True))
        elif typed := visitor.typed.get(kind):
            found.append(Identity(kind, typed, claimed=True))
    return found

"""Which mail is this, if another one bears the same Message-ID? And how is what stood on it kept?"""

from dataclasses import replace
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email.letters import mark
from servewell.apps.channels.email.models import Envelope
from servewell.apps.conversations.actions import InboundMessage, Received
from servewell.apps.flows import reception


def of(message: UUID) -> Envelope | None:
    """Return what stood on the envelope of a message; None for one that came by no mail."""
    return Envelope.objects.filter(pk=message).first()


def settle(envelope: Envelope, message: InboundMessage, received: Received | None) -> Received | None:
    """Keep an envelope with the message that its mail became.

    Where we have had another mail of the same Message-ID, this one is received under a name of its own; return what
    became of it then. So is one whose name a message has that came by no mail: an outside system can bring such.
    """
    if received is None:
        return None
    if not received.is_repeat:
        envelope.message_id = received.message_id
        statements.insert(envelope)
        return None
    known = of(received.message_id)
    if known is not None and _is_same(known, envelope):
        return None
    again = reception.receive(SYSTEM, replace(message, external_id=_second_name(envelope)))
    if not again.is_repeat:
        envelope.message_id = again.message_id
        statements.insert(envelope)
    return again


def _is_same(known: Envelope, envelope: Envelope) -> bool:
    """Is it the same mail? Of one sender and one date: lists add words. Without a date its body tells it.

    The same words on another day are another mail: scanners write the same with each file, some under one Message-ID.
    """
    same = (known.sender, known.date_mark) == (envelope.sender, envelope.date_mark)
    return same and (bool(known.date_mark) or known.text_mark == envelope.text_mark)


def _second_name(envelope: Envelope) -> str:
    """Return a name for a mail whose Message-ID another one has; the same each time."""
    told = mark("\n".join([envelope.sender, envelope.date_mark, envelope.text_mark]))
    return f"{envelope.name}~{told}"

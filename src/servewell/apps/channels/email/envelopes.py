"""Which mail is this, if another one bears the same Message-ID? And how is what stood on it kept?"""

from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.channels.email.letters import mark
from servewell.apps.channels.email.models import Envelope
from servewell.apps.conversations.actions import Received

Marks = tuple[str, str, str]  # sender, and the marks of date and text


class ReusedMeanwhile(Exception):
    """Another mail of the same Message-ID was stored while this one was read; reading it again finds out."""


def of(message: UUID) -> Envelope | None:
    """Return what stood on the envelope of a message; None for one that came by no mail."""
    return Envelope.objects.filter(pk=message).first()


def is_same(known: Marks, envelope: Envelope) -> bool:
    """Is it the same mail? Of one sender, and of one date or with the same words: lists change the one or the other."""
    sender, date, text = known
    same_date = date == envelope.date_mark and bool(date)
    return sender == envelope.sender and (same_date or text == envelope.text_mark)


def second_name(envelope: Envelope) -> str:
    """Return a name for a mail whose Message-ID another one has; the same each time."""
    told = mark("\n".join([envelope.sender, envelope.date_mark, envelope.text_mark]))
    return f"{envelope.name}~{told}"


def write(envelope: Envelope, received: Received | None) -> None:
    """Keep an envelope with the message it became; nothing where we had that already. ReusedMeanwhile."""
    if received is None:
        return
    if not received.is_repeat:
        envelope.message_id = received.message_id
        statements.insert(envelope)
        return
    known = of(received.message_id)
    if known is not None and not is_same((known.sender, known.date_mark, known.text_mark), envelope):
        raise ReusedMeanwhile

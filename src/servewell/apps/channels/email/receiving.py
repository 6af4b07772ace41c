"""How does a mail become a message? Read once, told from what we have, and handed over with its files.

1. Our own mails that come back, and reports on them, are no messages.
2. One Message-ID is one message, whichever of our mailboxes it came to; another mail under the same name (some programs
   use one for all) is a message of its own (`envelopes.settle`).
3. Who wrote it is who it is from. What it answers is told by Message-IDs alone: a number in a subject proves nothing.
4. What was written is parted from what is quoted; both are kept, and every part that is not shown is a file.
"""

from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from uuid import UUID

from servewell.apps.base import attachments, cleaning
from servewell.apps.channels.email import (
    bodies,
    envelopes,
    forwards,
    languages,
    letters,
    loops,
    mime,
    owned,
    proofs,
    quoting,
    reports,
    threads,
)
from servewell.apps.channels.email.headers import Mailbox
from servewell.apps.channels.email.letters import Letter
from servewell.apps.channels.email.mime import Part
from servewell.apps.channels.email.models import Envelope
from servewell.apps.channels.email.options import compared
from servewell.apps.channels.frame.kinds import Taken, Unfit
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.actions import InboundFile, InboundMessage
from servewell.apps.customers.identities import Identity

MOST_FILES = 100  # of one mail; of more, the whole mail is the last
_Outcome = Arrival.Outcome


def take(account: Account, arrival: Arrival, raw: bytes) -> Taken:
    """Return what a mail is: a message, or why it is none. Unfit for what is no mail, or from nobody."""
    letter = letters.read(raw)
    if not letter.headers.lines:
        raise Unfit(_Outcome.UNREADABLE, "no header of a mail")
    if _is_ours(letter):
        return Taken(outcome=_Outcome.OWN)
    if (report := reports.read(letter)) is not None:
        return report
    sender = _sender(letter, owned.everywhere() | owned.of(account))
    if sender is None and letter.senders:
        return Taken(outcome=_Outcome.OWN)
    if sender is None:  # to know a conversation is not to be its customer
        raise Unfit(_Outcome.UNREADABLE, "it does not say from whom it is")
    return _message(account, arrival, letter, sender)


def _is_ours(letter: Letter) -> bool:
    return threads.ours(letter.name) is not None or threads.ours(letter.headers.raw(loops.MARK)) is not None


def _sender(letter: Letter, own: frozenset[str]) -> Mailbox | None:
    """Return who wrote it. A form on our own site writes from our address, and names its user in Reply-To."""
    if not letter.senders:
        return None
    first = letter.senders[0]
    if first.address not in own:
        return first
    return next((box for box in letter.reply_to if box.address not in own), None)


def _message(account: Account, arrival: Arrival, letter: Letter, sender: Mailbox) -> Taken:
    read = _read(account, letter, sender)
    envelope = _envelope(account, letter, read)
    message = InboundMessage(
        channel="email",
        source=threads.SOURCE,
        account=account.id,
        external_id=letter.name or letter.made_up_name(),
        answers=tuple(letter.answered),
        ours=letter.ours,
        identities=_identities(read),
        customer_name=read.sender.name,
        subject=letter.subject,
        text=read.said.text,
        html=read.html,
        cleaned=read.cleaned,
        quoted=read.said.quoted,
        attachments=_files(letter, read.files),
        occurred_at=letter.written_at or arrival.arrived_at,
        language=languages.plain(read.said.text) or letter.headers.raw("content-language").partition(",")[0],
        auto=letter.auto == loops.REPLY,
        recipient=envelope.recipient,
        default_team=account.team_id,
    )
    return Taken(message=message, after=partial(envelopes.settle, envelope, message))


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail that is a message."""

    sender: Mailbox
    is_proven: bool  # that the sender is who it says
    is_forward: bool  # of one of ours, who sends on what the sender wrote
    said: quoting.Said
    html: str
    cleaned: cleaning.Html | None
    files: list[Part]


def _read(account: Account, letter: Letter, sender: Mailbox) -> _Read:
    body = bodies.read(letter.mail)
    html = body.html()
    seen = cleaning.html(html) if html else None
    text = body.text() or (seen.text if seen else "")
    server = str(account.options.get("trusted_authserv") or "")
    proven = sender in letter.senders and proofs.is_proven(letter.headers, server)
    if account.options.get("forwards_from_staff"):
        author = forwards.written_by(letter, text, proven=proven)
        if author is not None and author.address not in owned.everywhere():
            return _Read(author, False, True, quoting.Said(text), html, seen, body.files)
    return _Read(sender, proven, False, quoting.split(text), html, seen, body.files)


def _envelope(account: Account, letter: Letter, read: _Read) -> Envelope:
    return Envelope(
        account=account.id,
        recipient=letter.addressed(owned.of(account)) or compared(account.address),
        name=letter.name,
        references=letter.references,
        sender=read.sender.address,
        sender_name=read.sender.name,
        to=[] if read.is_forward else [box.as_json() for box in letter.to],
        cc=[] if read.is_forward else [box.as_json() for box in letter.cc],
        reply_to=[] if read.is_forward else [box.as_json() for box in letter.reply_to],
        subject=letter.subject[:300],
        auto=letter.auto,
        verified=read.is_proven,
        date_mark=letter.date_mark(),
        text_mark=letters.text_mark(read.said.text) if letter.date_mark() else letter.body_mark(),
    )


def _identities(read: _Read) -> tuple[Identity, ...]:
    address = read.sender.address
    return (Identity("email", address, verified=read.is_proven),) if address else ()


def _files(letter: Letter, parts: list[Part]) -> tuple[InboundFile, ...]:
    """Keep the files of a mail; what becomes part of no message within a day is forgotten again."""
    kept = parts if len(parts) <= MOST_FILES else [*parts[: MOST_FILES - 1], mime.as_file(replace(letter.mail))]
    return tuple(InboundFile(_stored(part), part.content_id) for part in kept)


def _stored(part: Part) -> UUID:
    content = part.content()
    limit = max(len(content), attachments.LIMIT)
    return attachments.store(BytesIO(content), bodies.file_name(part), part.kind, limit=limit).id

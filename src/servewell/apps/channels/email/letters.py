"""What does a mail say of itself? Its header, read once, in the form that the rest of the room asks for."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from uuid import UUID

from servewell.apps.base import cleaning
from servewell.apps.channels.email import loops, mime, threads
from servewell.apps.channels.email.headers import Headers, Mailbox

_WHERE_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc")
_LATE = timedelta(hours=12)  # a clock that is wrong by more is not believed
_REFERENCES = 100  # of those that are kept


@dataclass(frozen=True)
class Letter:
    """A mail; what is asked of it is read when it is asked, once."""

    mail: mime.Part

    @property
    def headers(self) -> Headers:
        """Return the lines above it."""
        return self.mail.headers

    @cached_property
    def name(self) -> str:
        """Return its Message-ID without brackets; empty when there is none."""
        return threads.name(self.headers.raw("message-id"))

    @cached_property
    def senders(self) -> list[Mailbox]:
        """Return who wrote it, as it says; from other headers where it does not say."""
        for header in ("from", "sender", "reply-to", "return-path"):
            if found := self.headers.mailboxes(header):
                return found
        return []

    @cached_property
    def reply_to(self) -> list[Mailbox]:
        """Return where answers should go, if it says so."""
        return self.headers.mailboxes("reply-to")

    @cached_property
    def to(self) -> list[Mailbox]:
        """Return to whom it was written."""
        return self.headers.mailboxes("to")

    @cached_property
    def cc(self) -> list[Mailbox]:
        """Return who else got it."""
        return self.headers.mailboxes("cc")

    @cached_property
    def subject(self) -> str:
        """Return what it is about, in one line."""
        return self.headers.text("subject")

    @cached_property
    def answered(self) -> list[str]:
        """Return the Message-IDs that it answers, nearest first."""
        return threads.answered(self.headers.raw("in-reply-to"), self.headers.raw("references"))

    @property
    def ours(self) -> UUID | None:
        """Return the nearest message of ours that it answers; only who had it from us can name it."""
        return next(threads.all_ours(" ".join(self.answered)), None)

    @property
    def references(self) -> list[str]:
        """Return the Message-IDs that it names, the oldest first; of very many the nearest."""
        chain = threads.names(self.headers.raw("references"))
        direct = threads.names(self.headers.raw("in-reply-to"))
        return [*chain, *(one for one in direct if one not in chain)][-_REFERENCES:]

    @cached_property
    def auto(self) -> str:
        """Return by which kind of program it was written, of `loops`."""
        return loops.kind(self.mail)

    @cached_property
    def written_at(self) -> datetime | None:
        """Return when it was written; when our server got it, if its date is far from that."""
        said, got = moment(self.headers.raw("date")), _received(self.headers)
        if said is None or (got is not None and abs(said - got) > _LATE):
            return got or said
        return said

    def date_mark(self) -> str:
        """Return what tells it from another mail of the same Message-ID."""
        said = self.headers.raw("date")
        return mark(" ".join(said.split())) if said else ""

    def body_mark(self) -> str:
        """Return what tells it from another one without a date: its body as it came, with its files."""
        return hashlib.sha256(memoryview(self.mail.mail)[self.mail.start :]).hexdigest()[:32]

    def made_up_name(self) -> str:
        """Return a name for a mail that has none: the same each time it is fetched, from whichever mailbox."""
        digest = hashlib.sha256()
        mail = self.mail.mail
        if self.headers.has("date"):
            for header in ("from", "date", "subject", "to"):
                digest.update(f"{header}:{self.headers.raw(header)}\n".encode("utf-8", "replace"))
            digest.update(memoryview(mail)[self.mail.start :])
        else:  # the same words from the same sender may be another mail: the way it went tells them apart
            digest.update(mail)
        return f"{digest.hexdigest()[:40]}@no-message-id"

    def addressed(self, own: frozenset[str]) -> str:
        """Return to which of these addresses it was sent; empty when it does not say."""
        for header in _WHERE_TO:
            for box in self.headers.mailboxes(header):
                if box.address in own:
                    return box.address
        return ""


def read(raw: bytes) -> Letter:
    """Return a mail."""
    return Letter(mime.read(raw))


def moment(said: str) -> datetime | None:
    """Return the moment that a date in a mail means, None when it means none; without a zone it is UTC."""
    if not said or len(said) > 200:
        return None
    try:
        found = parsedate_to_datetime(said)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def mark(text: str) -> str:
    """Return what tells two texts apart, in 32 hex digits; empty for an empty one."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32] if text else ""


def text_mark(text: str) -> str:
    """Return the mark of a text, however its lines are broken."""
    return mark("".join(cleaning.shortened(text).text.split()))


def _received(headers: Headers) -> datetime | None:
    """Return when the last server on its way took it: that of our mailbox."""
    return moment(headers.raw("received").rpartition(";")[2].strip())

"""Which mail is which, and what does it answer? Message-IDs: those of others as they compare, and our own.

Ours are made of the message they carry: `<message>.<mark>.sw@<domain>`. So the same message has the same Message-ID at
every try, an answer finds its conversation even if we died before we noted that the mail went out, and nobody else can
make one: the mark is keyed.
"""

import re
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from servewell.apps.base import secrets

SOURCE = "email"  # within which Message-IDs are unique: one mail is one, to whichever of our mailboxes it came
MOST = 50  # Message-IDs that a mail may name, the nearest; more are a fault of the sender
_LONGEST = 900  # characters of one
_MARK = 16  # hex digits
_OWN = re.compile(rf"(?<![0-9a-f])([0-9a-f]{{32}})\.([0-9a-f]{{{_MARK}}})\.sw@", re.IGNORECASE)
_NAMED = re.compile(r"<([^<>\s]{1,900})>")
_BARE = re.compile(r"[^<>\s@,;\"()]{1,600}@[^<>\s@,;\"()]{1,300}")


def name_of(message: UUID, domain: str) -> str:
    """Return the Message-ID, without its brackets, of the mail that carries one of our messages."""
    return f"{message.hex}.{_mark(message)}.sw@{domain or 'localhost'}"


def ours(name: str) -> UUID | None:
    """Return the message of ours whose mail has this Message-ID, None for those of others and forged ones."""
    return next(all_ours(name), None)


def all_ours(text: str) -> Iterator[UUID]:
    """Yield the messages of ours whose Message-IDs stand anywhere in a text, in their order; a few are looked at."""
    for found in islice(_OWN.finditer(text), MOST):
        message = UUID(found[1])
        if any(mark.startswith(found[2].lower()) for mark in secrets.marks(_marked(message))):
            yield message


def name(header: str) -> str:
    """Return the Message-ID of a header of that name, without brackets; empty when there is none that can be one."""
    found = names(header)
    return found[0] if found else ""


def names(header: str) -> list[str]:
    """Return the Message-IDs that a header (References, In-Reply-To) holds, in its order, each once."""
    found = _NAMED.findall(header) if "<" in header and ">" in header else _BARE.findall(header)
    return list(dict.fromkeys(one for one in found if len(one) <= _LONGEST and one.isprintable()))


def answered(in_reply_to: str, references: str) -> list[str]:
    """Return the Message-IDs that a mail answers, nearest first: In-Reply-To, then References from its end."""
    direct, chain = names(in_reply_to), names(references)
    return list(dict.fromkeys([*direct, *reversed(chain)]))[:MOST]


def _mark(message: UUID) -> str:
    return secrets.mark(_marked(message))[:_MARK]


def _marked(message: UUID) -> str:
    return f"email:{message.hex}"

"""How does what one of us wrote become a mail? MIME with text, HTML, pictures and files; the same at every try.

Nothing that anybody entered can begin a header of its own: each passes as one line, without control characters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any, cast

from servewell.apps.base import addresses, cleaning, media

_NAMES = frozenset({"message-id", "in-reply-to", "references", "x-servewell-message"})  # folded between names only
_LONGEST_SUBJECT, _LONGEST_NAME = 300, 100
_PREFIX = re.compile(r"^(?:\s*(?:re|aw|fw|fwd|wg|回复|答复|转发)\s*(?:\[\d+\])?\s*[:：])+\s*", re.IGNORECASE)
_CONTENT_ID = re.compile(r"[^\s<>\x00-\x1f\x7f-\x9f]{1,300}")
_OWN_TAG = re.compile(r"\s*\[#\d+\]")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a mail."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    content_id: str = ""  # what `cid:` in the HTML names; empty: beside the text


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a mail is from, or for."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it is one."""

    name: str  # its Message-ID, without brackets
    sender: Person
    to: Person
    copies: Sequence[Person]
    subject: str
    written_at: datetime
    text: str
    html: str  # empty: text only
    files: Sequence[File]
    answers: str  # Message-ID of the mail it answers; empty: none
    references: Sequence[str]  # Message-IDs of those before, oldest first
    automatic: bool


class _Policy(EmailPolicy):
    """Folds lists of Message-IDs between them; the library encodes one that is longer than a line."""

    def fold(self, name: str, value: Any) -> str:
        return self._names(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self._names(name, value).encode() or super().fold_binary(name, value)

    def _names(self, name: str, value: Any) -> str:
        if name.lower() not in _NAMES:
            return ""
        return f"{name}: " + f"{self.linesep} ".join(str(value).split()) + self.linesep


def composed(letter: Letter, mark: str) -> tuple[bytes, bool]:
    """Return the mail as it goes over the line, and whether an address in it needs SMTPUTF8.

    `mark` is the name of the header by which we know our own mails again.
    """
    people = (letter.sender, letter.to, *letter.copies)
    needs_utf8 = not all(person.address.isascii() for person in people)
    mail = EmailMessage(_Policy(linesep="\r\n", utf8=needs_utf8))
    _put_headers(mail, letter, mark)
    _put_body(mail, letter)
    return mail.as_bytes(), needs_utf8


def subject(given: str, number: int, *, answer: bool, tag: bool, fallback: str) -> str:
    """Return the subject of a mail: `Re: ` once where it answers, the conversation's number once."""
    bare = _OWN_TAG.sub("", cleaning.short_line(given, most=_LONGEST_SUBJECT).text)
    bare = _PREFIX.sub("", bare).strip() or fallback
    return f"{'Re: ' if answer else ''}{bare}{f' [#{number}]' if tag else ''}"


def line(address: str) -> str:
    """Return an address as it stands in a mail: its domain as DNS has it."""
    known = addresses.email(address)
    if known is None:
        return cleaning.short_line(address, most=320).text
    local = known.shown.rpartition("@")[0]
    return f"{local}@{known.value.rpartition('@')[2]}"


def _put_headers(mail: EmailMessage, letter: Letter, mark: str) -> None:
    mail["Message-ID"] = f"<{letter.name}>"
    mail["Date"] = format_datetime(letter.written_at)
    mail["From"] = _shown(letter.sender)
    mail["To"] = _shown(letter.to)
    if letter.copies:
        mail["Cc"] = tuple(map(_shown, letter.copies))
    mail["Subject"] = cleaning.short_line(letter.subject, most=_LONGEST_SUBJECT + 40).text
    if letter.answers:
        mail["In-Reply-To"] = f"<{letter.answers}>"
    if letter.references:
        mail["References"] = " ".join(f"<{name}>" for name in letter.references)
    mail[mark] = letter.name
    if letter.automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"


def _put_body(mail: EmailMessage, letter: Letter) -> None:
    mail.set_content(letter.text, cte="quoted-printable")
    inline = [file for file in letter.files if _CONTENT_ID.fullmatch(file.content_id) and _shows(letter.html, file)]
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        page = cast("list[EmailMessage]", mail.get_payload())[1]
        for file in inline:
            main, sub = _media_type(file)
            page.add_related(
                file.data,
                main,
                sub,
                cid=f"<{file.content_id}>",
                filename=media.safe_name(file.name),
                disposition="inline",
            )
    for file in letter.files:
        if file not in inline:
            main, sub = _media_type(file)
            mail.add_attachment(file.data, main, sub, filename=media.safe_name(file.name))


def _shows(html: str, file: File) -> bool:
    return f"cid:{file.content_id}" in html


def _media_type(file: File) -> tuple[str, str]:
    main, _, sub = file.media_type.partition(";")[0].strip().partition("/")
    known = re.fullmatch(r"[\w.+-]+", main) and re.fullmatch(r"[\w.+-]+", sub) and main not in {"message", "multipart"}
    return (main, sub) if known else ("application", "octet-stream")


def _shown(person: Person) -> Address:
    local, _, domain = person.address.rpartition("@")
    return Address(cleaning.short_line(person.name, most=_LONGEST_NAME).text, local, domain)

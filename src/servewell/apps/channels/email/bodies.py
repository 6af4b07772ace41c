"""What does a mail say, and which files does it bring? One text, one HTML, and everything else as files."""

import mimetypes
import re
from dataclasses import dataclass, field
from html import escape

from servewell.apps.base import cleaning
from servewell.apps.channels.email import charsets, flowed
from servewell.apps.channels.email.mime import Part

MOST_TEXT = 1_000_000  # bytes of a text that are read as words; the whole is a file then
MOST_HTML = 4_000_000
_SHOWN_ELSEWHERE = frozenset({"text/x-amp-html", "text/watch-html"})  # for other programs; the HTML says the same
_META = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w:.-]{1,40})""", re.IGNORECASE)
_ENDINGS = {
    "message/rfc822": "message.eml",
    "text/calendar": "invite.ics",
    "application/ms-tnef": "winmail.dat",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.asc",
    "message/delivery-status": "delivery-status.txt",
    "text/rfc822-headers": "headers.txt",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What one part says: as text, as HTML, or as both."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Body:
    """What a mail holds."""

    words: list[Words] = field(default_factory=list)  # one after the other
    files: list[Part] = field(default_factory=list)

    def text(self) -> str:
        """Return its text; empty when only HTML says it."""
        texts = [one.text for one in self.words if one.text.strip()]
        whole = len(texts) == sum(bool(one.text.strip() or one.html.strip()) for one in self.words)
        if whole:
            return "\n".join(texts)
        return "\n".join(one.text or cleaning.html(one.html).text for one in self.words) if texts else ""

    def html(self) -> str:
        """Return its HTML; empty when only text says it."""
        if not any(one.html.strip() for one in self.words):
            return ""
        return "\n".join(one.html or _as_html(one.text) for one in self.words)


def read(mail: Part) -> Body:
    """Return what a mail says and brings."""
    return _gathered(mail, is_root=True)


def file_name(part: Part) -> str:
    """Return what a file is called: as it says, or by what it is."""
    named = part.name
    if named:
        return named if part.kind != "message/rfc822" or "." in named[-6:] else f"{named}.eml"
    if part.kind in _ENDINGS:
        return _ENDINGS[part.kind]
    stem = "image" if part.family == "image" else "file"
    return stem + (mimetypes.guess_extension(part.kind) or ".bin")


def _gathered(part: Part, *, is_root: bool = False) -> Body:
    if part.parts:
        if part.kind == "multipart/alternative":
            return _alternative([_gathered(inner) for inner in part.parts])
        return _together([_gathered(inner) for inner in part.parts])
    if _is_body(part, is_root):
        return _said(part)
    return Body(files=[] if part.kind in _SHOWN_ELSEWHERE else [part])


def _is_body(part: Part, is_root: bool) -> bool:
    """Is it to be read, rather than to be opened? A text with a name is a file."""
    if part.kind in {"text/plain", "text/html"}:
        return is_root or (part.disposition != "attachment" and not part.name)
    return part.family == "multipart"  # one without parts: its line is missing, what it says may be there


def _said(part: Part) -> Body:
    content, is_html = part.content(), part.kind == "text/html"
    most = MOST_HTML if is_html else MOST_TEXT
    files = [part] if len(content) > most else []
    given = part.headers.parameters("content-type")
    said = charsets.decoded(content[:most], given.get("charset") or (_meta(content) if is_html else ""))
    if is_html:
        return Body([Words(html=said)] if said.strip() else [], files)
    if given.get("format", "").lower() == "flowed":
        said = flowed.joined(said, delete_space=given.get("delsp", "").lower() == "yes")
    return Body([Words(text=said)] if said.strip() else [], files)


def _alternative(bodies: list[Body]) -> Body:
    """The same in several forms, the richest last: the first text, the last HTML, and what is a file in any."""
    files = [file for body in bodies for file in body.files]
    texts = [body for body in bodies if body.words and not any(one.html for one in body.words)]
    htmls = [body for body in bodies if any(one.html for one in body.words)]
    text = texts[0].text() if texts else htmls[-1].text() if htmls else ""
    html = htmls[-1].html() if htmls else ""
    return Body([Words(text, html)] if text or html else [], files)


def _together(bodies: list[Body]) -> Body:
    words = [one for body in bodies for one in body.words]
    return Body(words, [file for body in bodies for file in body.files])


def _meta(content: bytes) -> str:
    found = _META.search(content[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def _as_html(text: str) -> str:
    return f"<div>{escape(text, quote=False).replace(chr(10), '<br>')}</div>"

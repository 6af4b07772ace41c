"""What do the lines above a mail say? Split, unfolded and decoded, whatever their sender made of the rules.

RFC 5322 (lines, addresses), 2047 (encoded words), 2231 (parameters). Nothing here fails: what cannot be read is left
out or kept as it stands.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from servewell.apps.base import addresses, cleaning
from servewell.apps.channels.email import charsets

MOST_BYTES = 256 * 1024  # of one part's header; beyond it nothing is read
MOST_LINES = 2000
_MOST_ADDRESSES = 1000
_LONGEST = 20_000  # characters of a header that are read

_LINE = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
# Two encoded words with only white space between are one text (RFC 2047, 6.2); many cut a character between them.
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,100}\?[bBqQ]\?)")
_TOKEN = re.compile(r'"((?:\\.|[^"\\]){0,1000})"|<([^<>]*)>|\(([^()]*)\)|([,;])|([^",;<>()]+)|(.)', re.DOTALL)
_PARAMETER = re.compile(r';\s*([\w!#$&+.^`|~-]{1,60})(\*\d{1,3})?(\*)?\s*=\s*(?:"((?:\\.|[^"\\])*)"?|([^;]*))')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_GROUP = re.compile(r"^[^:@<>]*:")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person or place in From, To and their like."""

    address: str  # as it is compared if it is an address, else as it stands
    name: str = ""  # as it is shown

    def as_json(self) -> dict[str, str]:
        """Return it as it is stored."""
        return {"address": self.address, "name": self.name}


@dataclass(slots=True)
class Headers:
    """The lines above a part, in their order."""

    lines: list[tuple[str, bytes]] = field(default_factory=list)  # name in lower case, value as it came, folded

    def raw(self, name: str) -> str:
        """Return the first header of a name, unfolded and not decoded; empty when there is none."""
        return next(self.all(name), "")

    def all(self, name: str) -> Iterator[str]:
        """Yield all headers of a name, the uppermost first, unfolded and not decoded."""
        return (_unfolded(value) for known, value in self.lines if known == name)

    def text(self, name: str) -> str:
        """Return the first header of a name in words, in one line."""
        return words(self.raw(name))

    def has(self, name: str) -> bool:
        """Is there such a header?"""
        return any(known == name for known, _ in self.lines)

    def mailboxes(self, name: str) -> list[Mailbox]:
        """Return who stands in all headers of a name, each address once."""
        found = {box.address: box for given in reversed(list(self.all(name))) for box in reversed(mailboxes(given))}
        return list(reversed(found.values()))

    def value(self, name: str) -> str:
        """Return what stands before the parameters of a header, in lower case: `text/plain`."""
        return "".join(self.raw(name).partition(";")[0].split()).lower()[:200]

    def parameters(self, name: str) -> dict[str, str]:
        """Return the parameters of a header by their names in lower case, decoded."""
        return parameters(self.raw(name))


def read(mail: bytes, at: int, end: int) -> tuple[Headers, int]:
    """Return the headers that stand in `mail` from `at` on, and where the body begins after them, at most `end`.

    A line that is no header ends them, unless headers go on below it: a mail that passed many hands has such lines.
    """
    found: list[tuple[str, list[bytes]]] = []
    limit = min(end, at + MOST_BYTES)
    while at < limit:
        stop = mail.find(b"\n", at, limit) + 1 or limit
        line = mail[at:stop]
        if line in (b"\r\n", b"\n"):
            at = stop
            break
        if line[:1] in (b" ", b"\t") and found:
            found[-1][1].append(line)
        elif not _add(found, line) and not _LINE.match(mail, stop, limit):
            break
        at = stop
    return Headers([(name, b"".join(lines)) for name, lines in found]), at


def words(raw: str) -> str:
    """Return an unstructured header in words: encoded words decoded, what is left in one line."""
    if "=?" in raw:
        raw = _decoded_words(raw)
    return cleaning.short_line(raw, most=_LONGEST).text


def mailboxes(raw: str) -> list[Mailbox]:
    """Return who stands in a list of addresses: quoted names, comments, groups, encoded words, bare addresses."""
    found: list[Mailbox] = []
    name: list[str] = []
    address, comment = None, ""
    for token in _TOKEN.finditer(raw[:_LONGEST] + ","):
        quoted, angle, aside, separator, plain, _ = token.groups()
        if separator:
            box = _mailbox("".join(name), address, comment)
            if box is not None and len(found) < _MOST_ADDRESSES:
                found.append(box)
            name, address, comment = [], None, ""
        elif angle is not None:
            address = angle
        elif aside is not None:
            comment = comment or aside
        elif quoted is not None:
            name.append(_ESCAPED.sub(r"\1", quoted))
        elif plain is not None:
            name.append(plain)
    return found


def parameters(raw: str) -> dict[str, str]:
    """Return the parameters after the value of a header; continued and encoded ones (RFC 2231) put together."""
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for found in list(_PARAMETER.finditer(raw[:_LONGEST]))[:200]:
        key, part, encoded, quoted, bare = found.groups()
        value = _ESCAPED.sub(r"\1", quoted) if quoted is not None else bare.strip()
        pieces.setdefault(key.lower(), []).append((int(part[1:]) if part else 0, bool(encoded), value))
    return {key: _put_together(parts) for key, parts in pieces.items()}


def _add(found: list[tuple[str, list[bytes]]], line: bytes) -> bool:
    head = _LINE.match(line)
    if head is None:
        return not found and line.startswith((b"From ", b">From "))  # as it stands in a file of mails
    if len(found) < MOST_LINES:
        found.append((head[1].decode("ascii").lower(), [line[head.end() :]]))
    return True


def _unfolded(value: bytes) -> str:
    text = charsets.decoded(value[: _LONGEST * 4]) if not value.isascii() else value[: _LONGEST * 4].decode("ascii")
    return _FOLD.sub(" ", text).strip()[:_LONGEST]


def _decoded_words(raw: str) -> str:
    """Replace encoded words; neighbours of one character set are decoded as one."""
    out, at = [], 0
    pending, pending_charset = b"", ""
    joined = _BETWEEN.sub(r"\1", raw)
    for found in _WORD.finditer(joined):
        between = joined[at : found.start()]
        charset, data = found[1].lower(), _word_bytes(found[2], found[3])
        if between or charset != pending_charset:
            out.append(charsets.decoded(pending, pending_charset) if pending else "")
            pending = b""
        out.append(between)
        pending, pending_charset, at = pending + data, charset, found.end()
    out.append(charsets.decoded(pending, pending_charset) if pending else "")
    return "".join([*out, joined[at:]])


def _word_bytes(encoding: str, data: str) -> bytes:
    raw = data.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return unbase64(raw)


def unbase64(data: bytes) -> bytes:
    """Return what Base64 stands for; what is no part of it is skipped, what is missing at its end is no fault."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    known = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    known = known[:-1] if len(known) % 4 == 1 else known
    return binascii.a2b_base64(known + b"=" * (-len(known) % 4))


def _mailbox(name: str, address: str | None, comment: str) -> Mailbox | None:
    name = _GROUP.sub("", name) if address is None or ":" in name else name
    shown = words(name).strip(" '\"")
    if address is None:  # a bare address, its name in a comment: the form of old
        address, shown = shown, words(comment)
    address = cleaning.short_line(words(address), most=400).text.strip()
    known = addresses.email(address)
    if known is None and not address:
        return None
    return Mailbox(known.value if known else address, cleaning.short_line(shown, most=200).text)


def _put_together(parts: list[tuple[int, bool, str]]) -> str:
    ordered = sorted(parts, key=lambda part: part[0])
    if not any(encoded for _, encoded, _ in ordered):
        return words("".join(value for _, _, value in ordered) if len(ordered) > 1 else ordered[0][2])
    first, charset = ordered[0][2], ""
    if first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    values = [first, *(value for _, _, value in ordered[1:])]
    data = b"".join(
        unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
        for value, (_, encoded, _) in zip(values, ordered, strict=True)
    )
    return words(charsets.decoded(data, charset))

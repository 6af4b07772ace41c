"""What did a server find when it checked a mail? Its Authentication-Results (RFC 8601), taken apart strictly.

What a stranger chose stands in it too: the local part of an address may hold `;`, `=`, quotes and parentheses, and not
every server quotes it well. So nothing is guessed: a header that keeps to the rules but in part is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LONGEST = 8000  # characters of the header
_MOST = 100  # results of one header
_QUOTED = "\0"  # stands where a quoted string stood
_ID = re.compile(r"\s*([^\s=]+)(?:\s+\d+)?\s*", re.ASCII)
_METHOD = re.compile(r"\s*([\w-]+)(?:\s*/\s*\d+)?\s*=\s*(\w+)(?=\s|$)", re.ASCII)
_PROPERTY = re.compile(r"\s+([\w-]+(?:\s*\.\s*[\w-]+)?)\s*=\s*(\S+)(?=\s|$)", re.ASCII)
_NO_RESULT = re.compile(r"\s*none\s*", re.ASCII | re.IGNORECASE)
_PLACE = re.compile(r"(?:[^@\s\"\\()<>,;]*@)?([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.?", re.ASCII)


class OddError(ValueError):
    """A header does not keep to the rules."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one method found."""

    method: str  # in lower case, as the others: dmarc, dkim, spf, ...
    result: str  # pass, fail, none, ...
    properties: dict[str, str] = field(default_factory=dict)  # `header.from` and the like to what stands there

    def domain(self, name: str) -> str:
        """Return the domain of an address or domain that a property names; empty when it names none."""
        found = _PLACE.fullmatch(self.properties.get(name, ""))
        return found[1].lower() if found else ""


def read(said: str) -> tuple[str, list[Verdict]]:
    """Return which server checked, in lower case, and what it found; OddError."""
    if len(said) > _LONGEST or not said.isascii() or _QUOTED in said:
        raise OddError("too long, or of other characters than it may have")
    strings: list[str] = []
    server, *results = _without_comments(said, strings).split(";")
    found = _ID.fullmatch(server)
    if found is None or len(results) > _MOST:
        raise OddError("no server, or too many results")
    given = iter(strings)
    by = next(given, "") if found[1] == _QUOTED else found[1]
    if _QUOTED in by:
        raise OddError("half of the server's name is quoted")
    return by.lower(), [one for result in results for one in _verdict(result, given)]


def _without_comments(said: str, strings: list[str]) -> str:
    """Return the header with a space for each comment and a mark for each quoted string, which goes to `strings`."""
    out: list[str] = []
    at, depth = 0, 0
    while at < len(said):
        char = said[at]
        if char == '"' and not depth:
            content, at = _quoted(said, at + 1)
            strings.append(content)
            out.append(_QUOTED)
            continue
        if char == '"' or (char == ")" and not depth) or (char == "\\" and not depth):
            raise OddError("a quote in a comment, a parenthesis or a backslash that belongs to nothing")
        depth += (char == "(") - (char == ")")
        out.append(" " if depth or char == ")" else char)
        at += 2 if char == "\\" else 1
    if depth:
        raise OddError("a comment without an end")
    return "".join(out)


def _quoted(said: str, at: int) -> tuple[str, int]:
    """Return what a quoted string holds, and where the text goes on after it."""
    out: list[str] = []
    while at < len(said) and said[at] != '"':
        at += said[at] == "\\"
        out.append(said[at : at + 1])
        at += 1
    if at >= len(said):
        raise OddError("a quoted string without an end")
    return "".join(out), at + 1


def _verdict(result: str, strings: Iterator[str]) -> list[Verdict]:
    """Return what stands between two semicolons, as a list of one; of none where nothing was found."""
    if not result.strip() or _NO_RESULT.fullmatch(result):
        return []
    head = _METHOD.match(result)
    if head is None:
        raise OddError("no method and result")
    properties: dict[str, str] = {}
    at = head.end()
    while result[at:].strip():
        found = _PROPERTY.match(result, at)
        if found is None:
            raise OddError("no property and value")
        name = "".join(found[1].split()).lower()
        if name in properties:
            raise OddError("a property twice")
        properties[name] = _value(found[2], strings)
        at = found.end()
    return [Verdict(head[1].lower(), head[2].lower(), properties)]


def _value(given: str, strings: Iterator[str]) -> str:
    """Return a value; of one that is quoted in part, as `"a b"@example.com`, nothing is believed."""
    if given == _QUOTED:
        return next(strings)
    if _QUOTED in given:
        raise OddError("half of a value is quoted")
    return given

"""Did this mail come from whom it names? Only the mailbox's own server knows: its Authentication-Results (RFC 8601).

Anybody can write such a header. Ours stand above all that came with the mail, and bear our server's name.
"""

import re
from collections.abc import Iterator

from servewell.apps.channels.email.headers import Headers, Mailbox

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*(\w+)(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([\w-]{1,40}\.[\w-]{1,40})\s*=\s*\"?([^\s;\"]{1,400})")
# Headers that a server writes beside its own judgement; behind any other stands what the sender sent.
_BESIDE = frozenset({"authentication-results", "received-spf", "delivered-to", "return-path", "x-original-to"})


def is_proven(headers: Headers, senders: list[Mailbox], server: str) -> bool:
    """Did `server` find that the one sender's domain vouches for this mail: by DMARC, or DKIM or SPF of that domain?"""
    if not server.strip() or len(senders) != 1:
        return False
    domain = senders[0].address.rpartition("@")[2].lower()
    return domain != "" and any(_vouches(result, domain) for result in _results(headers, server.strip().lower()))


def _results(headers: Headers, server: str) -> Iterator[str]:
    """Yield what our server found: in the uppermost header of its name, and those that follow it at once."""
    begun = False
    for name, value in headers.lines:
        is_result = name == "authentication-results"
        if begun and not (is_result or name in _BESIDE or name.startswith(("arc-", "x-"))):
            return
        if is_result:
            said = _COMMENT.sub(" ", value[:8000].decode("utf-8", "replace"))
            by, *results = said.split(";")
            if (by.split() or [""])[0].lower() == server:
                begun = True
                yield from results


def _vouches(result: str, domain: str) -> bool:
    found = _RESULT.fullmatch(result)
    if found is None or found[2].lower() != "pass":
        return False
    method = found[1].lower()
    said = {key.lower(): value.lower().rpartition("@")[2].rstrip(".") for key, value in _PROPERTY.findall(found[3])}
    if method == "dmarc":
        return said.get("header.from", domain) == domain
    signer = said.get("smtp.mailfrom", "") if method == "spf" else said.get("header.d") or said.get("header.i", "")
    return _is_within(domain, signer)


def _is_within(domain: str, signer: str) -> bool:
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))

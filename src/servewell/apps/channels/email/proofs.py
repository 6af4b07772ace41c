"""Did this mail come from whom it names? Only the mailbox's own server knows: its Authentication-Results (RFC 8601).

Anybody can write such a header. Ours stands above all that came with the mail, and bears our server's name.
"""

import re

from servewell.apps.channels.email.headers import Headers

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*(\w+)(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"([\w-]{1,40}\.[\w-]{1,40})\s*=\s*\"?([^\s;\"]{1,400})")
_LONGEST = 8000  # characters of the header


def is_proven(headers: Headers, server: str) -> bool:
    """Did `server` find that the one sender's domain vouches for this mail: by DMARC, or DKIM or SPF of that domain?"""
    senders = headers.mailboxes("from")
    if not server.strip() or len(senders) != 1:
        return False
    domain = senders[0].address.rpartition("@")[2].lower()
    return bool(domain) and any(_vouches(result, domain) for result in _results(headers, server.strip().lower()))


def _results(headers: Headers, server: str) -> list[str]:
    """Return what our server found: in the uppermost header of its name. One below it may have come with the mail."""
    for said in headers.all("authentication-results"):
        by, *results = _COMMENT.sub(" ", said[:_LONGEST]).split(";")
        if (by.split() or [""])[0].lower() == server:
            return results
    return []


def _vouches(result: str, domain: str) -> bool:
    found = _RESULT.fullmatch(result)
    if found is None or found[2].lower() != "pass":
        return False
    method = found[1].lower()
    said: dict[str, str] = {
        key.lower(): value.lower().rpartition("@")[2].rstrip(".") for key, value in _PROPERTY.findall(found[3])
    }
    if method == "dmarc":
        return said.get("header.from", domain) == domain
    signer = said.get("smtp.mailfrom", "") if method == "spf" else said.get("header.d") or said.get("header.i", "")
    return _is_within(domain, signer)


def _is_within(domain: str, signer: str) -> bool:
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))

"""Did this mail come from whom it names? Only the mailbox's own server knows: its Authentication-Results (RFC 8601).

Anybody can write such a header. Ours stands above all that came with the mail, and bears our server's name.
"""

from servewell.apps.channels.email import verdicts
from servewell.apps.channels.email.headers import Headers
from servewell.apps.channels.email.verdicts import OddError, Verdict

_NO_POLICY = {"none", "bestguesspass"}  # of DMARC: the domain says nothing, so that SPF and DKIM count


def is_proven(headers: Headers, server: str) -> bool:
    """Did `server` find that the one sender's domain vouches for this mail: by DMARC, or DKIM or SPF of that domain?

    Where DMARC was asked and did not pass, nothing else counts.
    """
    senders = headers.mailboxes("from")
    if not server.strip() or len(senders) != 1:
        return False
    domain = senders[0].address.rpartition("@")[2].lower()
    try:
        found = _found(headers, server.strip().lower())
    except OddError:
        return False
    return bool(domain) and bool(found) and _agree(found, domain)


def _found(headers: Headers, server: str) -> list[list[Verdict]]:
    """Return what our server found, header by header, the uppermost first.

    OddError where one that may be its own does not keep to the rules.
    """
    every: list[list[Verdict]] = []
    for said in headers.all("authentication-results"):
        try:
            by, found = verdicts.read(said)
        except OddError:
            if server in said.lower():
                raise
            continue
        if by == server:
            every.append(found)
    return every


def _agree(every: list[list[Verdict]], domain: str) -> bool:
    """Does the uppermost header vouch, and none below object? One below may have come with the mail: it vouches not."""
    first = every[0]
    asked = [one for found in every for one in found if one.method == "dmarc" and one.result not in _NO_POLICY]
    if any(one.result != "pass" for one in asked):
        return False
    dmarc = [one for one in first if one.method == "dmarc"]
    if len(dmarc) > 1:  # one server asks once: something else has written here
        return False
    return any(_vouches(one, domain) for one in first)


def _vouches(one: Verdict, domain: str) -> bool:
    if one.result != "pass":
        return False
    if one.method == "dmarc":
        return "header.from" not in one.properties or one.domain("header.from") == domain
    if one.method == "dkim":
        return _is_within(domain, one.domain("header.d" if "header.d" in one.properties else "header.i"))
    return one.method == "spf" and _is_within(domain, one.domain("smtp.mailfrom"))


def _is_within(domain: str, signer: str) -> bool:
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))

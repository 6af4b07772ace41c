"""Is a sender proven only by what the mailbox's own server found?"""

from typing import Any

import pytest
from tests import mails

from servewell.apps.channels.email import letters, proofs

OURS = "mx.shop.example"


def proven(results: str | list[str], server: str = OURS, **headers: Any) -> bool:
    letter = letters.read(mails.mail(**{"From": "wang@mail.example.com", **headers}, Authentication_Results=results))
    return proofs.is_proven(letter.headers, server)


@pytest.mark.parametrize(
    "results",
    [
        f"{OURS}; dmarc=pass header.from=mail.example.com",
        f"{OURS} 1; spf=fail smtp.mailfrom=x.example; dmarc=pass (p=none dis=none) header.from=mail.example.com",
        f"{OURS}; dkim=pass header.d=example.com header.s=k",
        f"{OURS}; dkim=pass header.i=@mail.example.com",
        f"{OURS}; spf=pass smtp.mailfrom=bounce@mail.example.com",
        f"{OURS.upper()};\r\n DMARC=PASS",
    ],
)
def test_it_works(results: str) -> None:
    """DMARC, or DKIM or SPF of the sender's own domain."""
    assert proven(results)


@pytest.mark.parametrize(
    "results",
    [
        "mx.evil.example; dmarc=pass header.from=mail.example.com",  # not our server
        f"{OURS}.evil.example; dmarc=pass",
        f"{OURS}; dmarc=fail",
        f"{OURS}; none",
        f"{OURS}; dkim=pass header.d=evil.example",  # somebody else's domain
        f"{OURS}; dkim=pass header.d=com",
        f"{OURS}; dkim=pass header.d=ample.com",
        f"{OURS}; spf=pass smtp.mailfrom=evil.example",
        f"{OURS}; dmarc=pass header.from=evil.example",
        f"{OURS}; dkim=fail (dmarc=pass) header.d=example.com",  # in a comment
        f"{OURS}; x=dmarc=pass",
        "",
        ";;;",
    ],
)
def test_what_proves_nothing(results: str) -> None:
    """Another server, another domain, another outcome."""
    assert not proven(results)


def test_one_that_came_with_the_mail() -> None:
    """Of two headers of our server's name only the upper one is its own."""
    assert not proven([f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass"])
    assert proven(["mx.other.example; dmarc=fail", f"{OURS}; dmarc=pass"])


def test_only_where_an_administrator_said_which() -> None:
    """Without the server's name nothing is believed; of two senders neither."""
    assert not proven("; dmarc=pass", server="")
    assert not proven(f"{OURS}; dmarc=pass", From="wang@mail.example.com, li@mail.example.com")
    assert not proven(f"{OURS}; dmarc=pass", From=["wang@mail.example.com", "li@mail.example.com"])
    assert not proven(f"{OURS}; dmarc=pass", From=None, Sender="wang@mail.example.com")

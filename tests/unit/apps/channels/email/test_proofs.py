"""Is a sender proven only by what the mailbox's own server found?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
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


@pytest.mark.parametrize(
    "results",
    [
        f"{OURS}; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com;dmarc=pass action=none "
        "header.from=mail.example.com;compauth=pass reason=100",
        f'{OURS}; dkim=pass (2048-bit key; unprotected) header.d=example.com header.b="Ab/c=" header.a=rsa-sha256',
        f"{OURS}; dmarc=pass(p=REJECT (sub)) header.from = mail.example.com; spf=fail smtp.mailfrom=a=b@x.example;",
        f'"{OURS}" 1; spf = pass smtp . mailfrom="w@mail.example.com"',
        f"{OURS}; dmarc=none header.from=mail.example.com; dkim=pass header.d=mail.example.com",
    ],
)
def test_as_servers_write_it(results: str) -> None:
    """Comments in comments, quoted values, blanks anywhere: as the rules allow it."""
    assert proven(results)


FORGED = [
    'spf=pass smtp.mailfrom="x; dmarc=pass header.from=mail.example.com; y"@evil.com',
    'dmarc=fail header.from=mail.example.com; spf=pass smtp.mailfrom="x@mail.example.com"@evil.com',
    'dmarc=none; spf=pass (us: domain of "a(b); dmarc=pass header.from=mail.example.com; (c)"@evil.com is well) '
    "smtp.mailfrom=evil.com",
    'dmarc=none; spf=pass (us: domain of "a); dmarc=pass header.from=mail.example.com; (c"@evil.com is well) '
    "smtp.mailfrom=evil.com",
    'dkim=pass header.i="a@mail.example.com b"@evil.com',
    'spf=pass smtp.mailfrom="\\"x@mail.example.com\\"@evil.com"',
    "spf=pass smtp.mailfrom=a@mail.example.com@evil.com",
    "spf=pass smtp.mailfrom=evil.com smtp.mailfrom=mail.example.com",
    "dmarc=fail header.from=mail.example.com; dkim=pass header.d=mail.example.com",
    "dmarc=none; spf=none smtp.mailfrom=x; dmarc=pass header.from=mail.example.com; y@evil.com",
    "dmarc=none; spf=pass smtp.mailfrom=x; dmarc=pass header.from=mail.example.com",
    "spf=pass smtp.mailfrom=x\u00a0; dmarc=pass",
    "dmarc=pass header.from=mail.example.com (without an end",
    'dmarc=pass header.from="mail.example.com',
]


@pytest.mark.parametrize("results", FORGED)
def test_what_strangers_write_in_it(results: str) -> None:
    """The local part of a stranger's address proves nothing, however it is made."""
    assert not proven(f"{OURS}; {results}")


def test_one_below_objects() -> None:
    """A server that writes a header for each check: DMARC that failed counts wherever it stands."""
    assert not proven([f"{OURS}; spf=pass smtp.mailfrom=mail.example.com", f"{OURS}; dmarc=fail"])
    assert proven([f"{OURS}; spf=pass smtp.mailfrom=mail.example.com", f"{OURS}; dkim=none"])


PIECES = ["; ", "dmarc=pass", " header.from=mail.example.com", "@mail.example.com", "(", ")", "\\", '"', "=", "x", " "]


@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_no_local_part_proves(local: str) -> None:
    """Whatever an address of evil.com holds, quoted by the rules or not, it proves nobody of another domain."""
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    for sent in (f'"{escaped}"@evil.com', f'"{local}"@evil.com'):
        assert not proven(f"{OURS}; spf=pass (domain of {sent} is well) smtp.mailfrom=evil.com; dmarc=none")
        assert not proven(f"{OURS}; spf=pass smtp.mailfrom={sent}")
        assert not proven(f"{OURS}; dkim=pass header.i={sent}; dmarc=fail header.from=mail.example.com")

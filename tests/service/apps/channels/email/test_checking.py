"""The test button says in words what works and what does not."""

import socket
import time

import pytest
from tests import mailservers
from tests.mailservers import Dovecot, Smtp

from servewell.apps.base import texts
from servewell.apps.channels.email import checking
from servewell.apps.channels.email.channel import CHANNEL
from servewell.apps.channels.email.checking import check
from servewell.apps.channels.frame import health


def test_it_works(dovecot: Dovecot, smtp: Smtp, address: str, db: None) -> None:
    """Both servers were asked, the mails counted, and nothing was sent."""
    dovecot.deliver(address, b"Subject: one\r\n\r\n")
    account = mailservers.account(address, dovecot, smtp)
    found = check(account)
    assert found.ok
    assert health.checked(account, found, "en") == "Receiving works: 1 mails in INBOX. Sending works."
    assert health.checked(account, found, "zh-Hans") == "收信正常：INBOX 里有 1 封邮件。发信正常。"
    assert smtp.taken == []
    assert dovecot.flags(address) == {1: set()}


def test_what_fails_comes_with_advice(dovecot: Dovecot, address: str, db: None) -> None:
    """Sending does not work; receiving does."""
    account = mailservers.account(address, dovecot, None)
    found = check(account)
    assert (found.ok, found.code) == (False, "unreachable")
    said = health.checked(account, found, "en")
    assert said.startswith(
        "Receiving works: 0 mails in INBOX. Sending does not work. The mail server cannot be reached."
    )


def test_both_may_fail_for_their_own_reasons(dovecot: Dovecot, address: str, db: None) -> None:
    """Each is told; the words are those of the servers, without a password."""
    account = mailservers.account(address, dovecot, None, secrets={"password": "wrong word"})
    found = check(account)
    said = health.checked(account, found, "en")
    assert "Receiving does not work. The mail server refuses the user name or the password." in said
    assert "Sending does not work. The mail server cannot be reached." in said
    assert "AUTHENTICATIONFAILED" in found.words
    assert "wrong word" not in found.words + said


def test_nobody_waits_long_for_a_server_that_says_nothing(
    address: str, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is taken, and then nothing comes."""
    monkeypatch.setattr(checking, "PATIENCE_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        account = mailservers.account(address, None, options={"imap_port": port, "smtp_port": port})
        began = time.monotonic()
        found = check(account)
    assert time.monotonic() - began < 20
    assert [part.code for part in found.parts if not part.ok][1::2] == ["slow", "slow"]


CODES = [
    "login",
    "oauth",
    "token_server",
    "token_address",
    "certificate",
    "tls",
    "plain",
    "unknown_host",
    "forbidden",
    "bad_host",
    "unreachable",
    "slow",
    "dropped",
    "busy",
    "unwelcome",
    "no_sign_in",
    "folder",
    "protocol",
    "unmarked",
    "refused",
    "later",
    "too_large",
    "utf8",
    "no_address",
    "bounced",
    "file_gone",
]


@pytest.mark.parametrize("code", CODES)
def test_every_fault_has_a_sentence(code: str) -> None:
    """In both languages, and no two the same."""
    key = f"channels_email.fault.{code}"
    assert texts.say(key, "en") != texts.say(key, "zh-Hans")


def test_every_fault_that_is_raised_is_in_that_list() -> None:
    """Found in the source: a code without a sentence is read by nobody."""
    import re
    from pathlib import Path

    from servewell.apps.channels import email

    source = "\n".join(file.read_text() for file in Path(email.__path__[0]).glob("*.py"))
    raised = set(re.findall(r"(?:Fault|SendFailed)\(\s*\"(\w+)\"", source))
    assert raised <= {*CODES}
    assert len(raised) > 15


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_field_has_a_name_and_a_hint(language: str) -> None:
    """So have their options and headings."""
    for field in CHANNEL.fields:
        assert texts.say(f"channels_email.field.{field.key}", language)
        assert texts.say(f"channels_email.hint.{field.key}", language)
        assert texts.say(f"channels_email.group.{field.group}", language)
        for option in field.options:
            assert texts.say(f"channels_email.option.{field.key}.{option}", language)

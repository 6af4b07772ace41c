"""Mails that are no messages of a conversation, and a customer's page beside a mailbox, over real servers."""

import email
import email.policy
import re
from email.message import EmailMessage
from typing import Any, cast

import pytest
from tests import mailservers
from tests.mailservers import Dovecot, Smtp
from tests.service.apps.people.helpers import Browser

from servewell.apps.base import outbox, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import threads
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame import arrivals, sending, transcripts
from servewell.apps.channels.frame.case.actions import TRANSCRIPT
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message

HERE = "https://help.example"


@pytest.fixture
def account(dovecot: Dovecot, smtp: Smtp, address: str, db: None) -> Account:
    made: Account = mailservers.account(address, dovecot, smtp, options={"display_name": "善待商店"})
    return made


def taken(account: Account) -> Conversation:
    raw = (
        b"From: Wang <wang@example.com>\r\nTo: help@example.com\r\nSubject: Parcel\r\nMessage-ID: <m1@wang.example>\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nWhere is it?\r\n"
    )
    arrival = frame.arrived(account, "", raw)
    assert arrival is not None
    assert arrivals.read_due() == 1
    arrival.refresh_from_db()
    return Conversation.objects.get(pk=arrival.conversation_id)


def last(dovecot: Dovecot, to: str) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(dovecot.mails(to)[-1], policy=email.policy.default))


def go(kind: str) -> None:
    while outbox.run_due(only=[kind]):
        pass


def test_it_works(account: Account, smtp: Smtp, dovecot: Dovecot) -> None:
    """A transcript stands in the mailbox of who asked, as a machine's mail, with text and HTML."""
    conversation = taken(account)
    conversations.reply(SYSTEM, conversation.id, text="明天送到。")
    transcripts.send(conversation.id, "lin@example.com", "en")
    go(TRANSCRIPT)
    got = last(dovecot, "lin@example.com")
    assert got["From"] == f"善待商店 <{account.address}>"
    assert got["Subject"] == f"What was said: Parcel [#{conversation.number}]"
    assert got["Auto-Submitted"] == "auto-replied"
    assert threads.ours(got["Message-ID"].strip("<>")) is not None
    bodies: dict[str, Any] = {part.get_content_type(): part.get_content() for part in got.iter_parts()}
    for body in bodies.values():
        assert "Where is it?" in body
        assert "明天送到。" in body
    assert set(bodies) == {"text/plain", "text/html"}


def test_who_answers_on_the_page_gets_the_next_answer_by_mail(account: Account, smtp: Smtp, dovecot: Dovecot) -> None:
    """The mail carries the link; what is written there is a message of the conversation; our answer goes by mail."""
    settings.put(SYSTEM, "channels.public_url", HERE)
    conversation = taken(account)
    conversations.reply(SYSTEM, conversation.id, text="Which number?")
    go(sending.KIND)
    found = re.search(rf"{HERE}/case/([\w-]{{47}})", last(dovecot, "wang@example.com").get_content())
    assert found is not None
    said = {"client_id": "018f0000-0000-7000-8000-000000000001", "text": "SO-7"}
    answer = Browser()("POST", f"/api/v1/channels/case/{found[1]}/messages", said)
    assert answer.status_code == 201, answer.content
    written = Message.objects.get(pk=answer.json()["id"])
    assert (written.conversation_id, written.source) == (conversation.id, conversation.source)
    conversations.reply(SYSTEM, conversation.id, text="Thank you, it comes tomorrow.")
    go(sending.KIND)
    got = last(dovecot, "wang@example.com")
    assert got.get_content().startswith("Thank you, it comes tomorrow.")
    assert got["To"] == "Wang <wang@example.com>"

"""Whoever reads a conversation sees to whom their answer will go, before it goes."""

from typing import Any

import pytest
from tests import build, mails
from tests.service.apps.channels.email.postbox import came, mailbox, message
from tests.service.apps.channels.email.test_sending import outgoing

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import sending
from servewell.apps.conversations import actions as conversations

API = "/api/v1/channels/email"


@pytest.fixture
def lead(client: Any, db: None) -> Any:
    client.force_login(build.person("boss", "administrator"))
    return client


def test_it_works(lead: Any) -> None:
    """As sending addresses it."""
    box = mailbox()
    first = message(
        came(box, mails.mail(From="王 <wang@example.com>", Cc="li@example.com", Reply_To="w@other.example"))
    )
    got = lead.get(f"{API}/conversations/{first.conversation_id}/recipients").json()
    assert got == {
        "to": {"address": "w@other.example", "name": ""},
        "cc": [{"address": "li@example.com", "name": ""}],
        "from_account": {"id": str(box.id), "name": box.name, "address": box.address},
        "reply_to_differs": True,
        "customer_address": "wang@example.com",
    }
    answer = conversations.reply(SYSTEM, first.conversation_id, text="Here")
    way = sending._way(outgoing(answer), answer)
    assert way.to.address == got["to"]["address"]


def test_nobody_to_write_to(lead: Any) -> None:
    """No address, no mailbox: it says so."""
    who = build.person("first", "administrator").principal()
    opened = conversations.open_for(who, build.customer().id, channel="email", text="Hello", subject="News")
    got = lead.get(f"{API}/conversations/{opened.conversation_id}/recipients").json()
    assert (got["to"], got["cc"], got["from_account"], got["customer_address"]) == (None, [], None, "")


def test_an_envelope(lead: Any) -> None:
    """Who wrote to whom; a message that was no mail has none."""
    arrival = came(mailbox(), mails.mail(From="王 <wang@example.com>", Cc="li@example.com"))
    got = lead.get(f"{API}/messages/{arrival.message_id}/envelope").json()
    assert got["from"] == {"address": "wang@example.com", "name": "王"}
    assert got["cc"] == [{"address": "li@example.com", "name": ""}]
    assert (got["reply_to"], got["verified"], got["auto"]) == ([], False, "")
    note = conversations.note(SYSTEM, message(arrival).conversation_id, text="Hm")
    refused = lead.get(f"{API}/messages/{note.message.id}/envelope")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (404, "channels_email-no-envelope")

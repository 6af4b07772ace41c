"""Can whoever mends an account see what it did not deliver, and what it gives for use elsewhere?"""

from typing import Any

import pytest
from django.test import Client
from tests import build
from tests.service.apps.channels import stub

from servewell.apps.base import texts
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import kinds, shown, undelivered
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Message


def failed(account: Account, text: str = "Where is it?", **changes: Any) -> Message:
    """Return an answer of ours that this account did not deliver."""
    told = build.inbound(text, account=account.id, external_id=text, **changes)
    received = conversations.receive(SYSTEM, told)
    message: Message = conversations.reply(SYSTEM, received.conversation_id, text="On its way.")
    conversations.deliver(SYSTEM, message.id, "failed", code="channels.fault.given_up", reason="550 no such user")
    return message


def asked(person: Any, account: Account, **query: str) -> Any:
    client = Client()
    client.force_login(person)
    return client.get(f"/api/v1/channels/accounts/{account.id}/failed", query)


def test_it_works(account: Account) -> None:
    """A message that failed is listed with its conversation and the reason in words; one that arrived is not."""
    message = failed(account)
    arrived = failed(account, "Another thing")
    conversations.deliver(SYSTEM, arrived.id, "sent")
    [one] = asked(build.person("ann", "manager"), account).json()["items"]
    assert (one["message"], one["number"]) == (str(message.id), message.conversation.number)
    assert one["sentence"] == texts.say("channels.fault.given_up", "zh-Hans")
    assert one["words"] == "550 no such user"


def test_another_account_has_its_own_list(account: Account, admin: Principal) -> None:
    """What failed stands where it failed."""
    failed(account)
    other = Account.objects.create(channel="stub", name="Other", options={"host": "x"})
    assert not undelivered.failed(admin, other.id).exists()


def test_a_lead_sees_what_their_team_may_read(account: Account) -> None:
    """The list shows no conversation that one could not open."""
    ours, theirs = build.team("Ours"), build.team("Theirs")
    mine = failed(account, "First one", team=ours.id)
    failed(account, "Second one", team=theirs.id)
    items = asked(build.person("lea", "lead", ours), account).json()["items"]
    assert [one["message"] for one in items] == [str(mine.id)]


def test_a_long_list_comes_in_pages(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Newest first, nothing twice and nothing left out."""
    monkeypatch.setattr(undelivered, "PAGE", 2)
    made = [failed(account, f"Message {nth}").id for nth in range(3)]
    manager = build.person("ann", "manager")
    first = asked(manager, account).json()
    second = asked(manager, account, cursor=first["next"]).json()
    assert [one["message"] for one in first["items"] + second["items"]] == [str(one) for one in reversed(made)]
    assert second["next"] is None


def test_what_an_account_gives_is_named_in_the_readers_language() -> None:
    """An address to open is a link, anything else is to be copied; nothing is shown of what is empty."""
    given = {"page": "https://shop.example/try", "snippet": "<script src=x></script>", "own": "/try", "nothing": ""}
    own = kinds.Channel(code="stub", speaks="sms", fields=(), check=stub.OtherSide().check, extra=lambda row: given)
    with stub.registered(own):
        told = shown.account(Account.objects.create(channel="stub", name="Shop"), "en")["extra"]
    assert [(one["key"], one["kind"], one["text"]) for one in told] == [
        ("page", "link", "https://shop.example/try"),
        ("snippet", "code", "<script src=x></script>"),
        ("own", "link", "/try"),
    ]

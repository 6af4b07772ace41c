"""Does what customers write by SMS come in once, whatever the gateway says?"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from tests.service.apps.channels.sms.conftest import OURS, WANG, Desk, basic

from servewell.apps.base import clock
from servewell.apps.channels.frame import arrivals
from servewell.apps.channels.frame.models import Arrival
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.customers.models import Identity


def test_it_works(desk: Desk) -> None:
    """One call is one message, in a conversation of the account's team, from whoever has the number."""
    assert desk.brings().json() == {"new": True}
    message, conversation = Message.objects.get(), Conversation.objects.get()
    assert (message.text, message.external_id, message.author_kind) == ("Where is my parcel?", "in:in-1", "customer")
    assert (conversation.channel, conversation.account, conversation.team) == ("sms", desk.account.id, desk.team)
    assert Identity.objects.get().value == WANG


def test_the_same_id_twice_is_one_message(desk: Desk) -> None:
    desk.brings()
    assert desk.brings().json() == {"new": False}
    assert Message.objects.count() == 1


def test_without_an_id_each_call_is_a_message(desk: Desk) -> None:
    """Two times "Yes" may be two answers."""
    desk.brings("Yes", id=None)
    desk.brings("Yes", id=None)
    assert Message.objects.count() == 2


def test_a_number_goes_on_in_its_conversation_however_it_is_written(desk: Desk) -> None:
    desk.brings("One")
    desk.brings("Two", **{"from": "+86 138-0013-8000", "id": "in-2"})
    assert Conversation.objects.get().messages == 2


def test_names_are_the_gateways_and_a_form_does_too(desk: Desk) -> None:
    desk.change(in_from="Msisdn", in_text="Body", in_id="MessageSid")
    answer = Client().post(
        f"/api/v1/channels/sms/{desk.account.id}/incoming",
        urlencode({"Msisdn": WANG, "Body": "在吗？", "MessageSid": "SM1"}),
        "application/x-www-form-urlencoded",
        headers={"Authorization": basic("what-the-gateway-knows-us-by")},
    )
    assert answer.status_code == 200
    arrivals.read_due()
    assert Message.objects.get().text == "在吗？"


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", basic("wrong"), "Basic %%", "Digest x", "Bearer \xe9"])
def test_without_the_secret_nothing_comes_in(desk: Desk, given: str) -> None:
    answer = desk.call("incoming", {"from": WANG, "text": "x"}, Authorization=given)
    assert (answer.status_code, answer.json()["type"]) == (401, "/errors/channels_sms-not-the-gateway")
    assert not Arrival.objects.exists()


def test_an_account_that_is_not_there_is_not_told_apart(desk: Desk) -> None:
    other = Client().post("/api/v1/channels/sms/00000000-0000-7000-8000-000000000000/incoming", b"", "text/plain")
    assert other.json()["type"] == "/errors/channels_sms-not-the-gateway"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"from"', b"\x00\xff", b'{"text": "nobody"}', b'{"from": "+861"}'])
def test_what_cannot_be_read_is_set_aside_and_read_again_after_a_change(desk: Desk, body: bytes) -> None:
    """The gateway is told that we have it: it would not bring it again."""
    answer = Client().post(
        f"/api/v1/channels/sms/{desk.account.id}/incoming",
        body,
        "text/plain",
        headers={"Authorization": basic("what-the-gateway-knows-us-by")},
    )
    arrivals.read_due()
    assert answer.status_code == 200
    assert (Arrival.objects.get().state, Arrival.objects.get().outcome) == ("aside", "unreadable")


@pytest.mark.parametrize(
    "said",
    [
        {"text": "x" * 300_000},
        {"text": "\x00\x07"},
        {"text": ""},
        {"from": "BANK"},
        {"from": "1" * 500},
        {"id": "i" * 5_000},
        {"to": "t" * 5_000},
        {"text": {"deep": [1, 2]}},
    ],
)
def test_odd_values_are_kept(desk: Desk, said: dict[str, Any]) -> None:
    assert desk.brings(**said).status_code == 200
    assert Arrival.objects.get().state == "taken"
    assert Message.objects.count() == 1


def test_our_own_number_makes_no_loop(desk: Desk) -> None:
    desk.brings(**{"from": OURS})
    assert Arrival.objects.get().outcome == "own"
    assert not Conversation.objects.exists()


def test_a_report_on_what_nobody_knows_is_set_aside_after_a_while(desk: Desk) -> None:
    """It may overtake the answer to our own call, so it is tried again first."""
    desk.reports("sms-99", "delivered")
    assert Arrival.objects.get().state == "waiting"
    for hours in (1, 2, 3):
        with clock.frozen(clock.now() + timedelta(hours=hours)):
            arrivals.read_due()
    assert (Arrival.objects.get().state, Arrival.objects.get().outcome) == ("aside", "refused")
    assert "sms-99" in Arrival.objects.get().words

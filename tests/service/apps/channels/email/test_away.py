"""Does the automatic answer of somebody who is away stay without consequences?"""

from datetime import timedelta
from typing import Any

import pytest
from tests import mails
from tests.service.apps.channels.email.postbox import came

from servewell.apps.base import clock
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import Conversation, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(box: Account) -> Arrival:
    """A conversation of Wang."""
    return came(box, mails.mail())


def away(**headers: Any) -> bytes:
    usual = {"Auto_Submitted": "auto-replied", "Message_ID": "<away@example.com>", "In_Reply_To": "<m1@example.com>"}
    return mails.mail("I am away until Monday.", **{**usual, **headers})


def put(arrival: Arrival, **columns: Any) -> dict[str, Any]:
    """Let its conversation be so, and return how it is."""
    Conversation.objects.filter(pk=arrival.conversation_id).update(**columns)
    return shown(arrival)


def shown(arrival: Arrival) -> dict[str, Any]:
    looked_at = ("status", "waiting_since", "snoozed_until", "solved_at", "closed_at")
    return Conversation.objects.values(*looked_at).get(pk=arrival.conversation_id)


@pytest.mark.parametrize("status", ["waiting_customer", "solved", "closed"])
def test_it_works(box: Account, answered: Arrival, status: str) -> None:
    """It stands in its conversation, which stays as it was: solved, closed or waiting for the customer."""
    done = {"solved_at": clock.now()} if status in {"solved", "closed"} else {}
    done |= {"closed_at": clock.now()} if status == "closed" else {}
    before = put(answered, status=status, waiting_since=None, **done)
    arrival = came(box, away())
    assert (arrival.state, arrival.conversation_id) == ("taken", answered.conversation_id)
    assert shown(answered) == before
    assert Message.objects.filter(conversation=answered.conversation_id).count() == 2
    assert Conversation.objects.count() == 1


def test_it_wakes_nothing(box: Account, answered: Arrival) -> None:
    """What is put aside until a day stays so."""
    until = clock.now() + timedelta(days=2)
    before = put(answered, status="waiting_customer", waiting_since=None, snoozed_until=until)
    came(box, away())
    assert shown(answered) == before


def test_what_a_person_writes(box: Account, answered: Arrival) -> None:
    """The same words of a person take it up again."""
    put(answered, status="solved", waiting_since=None, solved_at=clock.now())
    came(box, away(Auto_Submitted="no"))
    assert shown(answered)["status"] == "waiting_us"

"""The small things of the chat: how far messages got, typing, ending, what was before."""

import json

import pytest
from tests import together
from tests.service.apps.channels.webchat.widget import Visitor, arrived

from servewell.apps.base import direct, live
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.journal.models import Event


def ours(conversation):
    return Message.objects.filter(conversation=conversation).exclude(author_kind="customer").order_by("position")


def test_what_is_fetched_is_delivered_and_what_is_read_is_read(site, lin):
    """Each tells the agents once."""
    visitor = arrived(site)
    conversation = visitor.last["conversation"]
    for text in ("One.", "Two."):
        actions.reply(lin, conversation, text=text)
    seen = visitor.messages()["items"]
    assert [one["delivery"] for one in seen] == ["received", "delivered", "delivered"]
    visitor.messages()
    assert visitor("POST", "read", {"conversation": conversation, "position": 2}).status_code == 204
    visitor("POST", "read", {"conversation": conversation, "position": 1})
    assert [one.delivery for one in ours(conversation)] == ["read", "delivered"]
    state = visitor.state()
    assert (state["read"]["visitor"], state["unread"]) == (2, 1)
    told = Event.objects.filter(activity="conversation.delivery_changed", conversation=conversation)
    assert sorted(one.attributes["delivery"] for one in told) == ["delivered", "delivered", "read"]


def test_a_mark_in_another_conversation_counts_nothing(site, lin):
    one, other = arrived(site), arrived(site)
    actions.reply(lin, one.last["conversation"], text="For one.")
    other("POST", "read", {"conversation": one.last["conversation"], "position": 2})
    assert ours(one.last["conversation"]).get().delivery == "queued"
    assert other.state()["read"]["visitor"] == 0


def test_how_far_we_have_read_is_told(site, lin):
    """By the highest mark of anybody of us."""
    visitor = arrived(site)
    visitor.say("Hello?")
    actions.mark_read(lin, visitor.last["conversation"], 1)
    assert visitor.state()["read"]["agents"] == 1


@pytest.mark.django_db(transaction=True)
def test_typing_is_told_to_those_who_see_the_conversation():
    """Ids only; too often is the same as once."""
    from tests.service.apps.channels.webchat.widget import chat

    site = chat()
    visitor = arrived(site)
    with direct.connect() as listener:
        listener.execute(f"listen {live.CHANNEL}")
        for _ in range(9):
            assert visitor("POST", "typing", {"state": "typing"}).status_code == 204
        said = [word for word in together.heard(listener, live.CHANNEL) if word["event"] == "visitor_typing"]
    expected = {"conversation": visitor.last["conversation"], "state": "typing"}
    assert said[0]["data"] == {**expected, "team": str(site.team_id), "owner": None}
    assert 1 <= len(said) <= 5


def test_who_ends_a_waiting_conversation_has_given_up(site):
    """It is closed by the customer; the next message begins another that continues it."""
    visitor = arrived(site)
    ended = visitor("POST", "end").json()
    assert (ended["conversation"]["status"], ended["queue"]) == ("ended", None)
    first = Conversation.objects.get()
    activities = Event.objects.filter(conversation=first.id).values_list("activity", flat=True)
    assert {"conversation.abandoned", "conversation.closed"} <= {*activities}
    again = visitor.say("One more thing").json()
    assert again["new_conversation"]
    assert [one["text"] for one in visitor.messages()["items"]] == ["One more thing"]


def test_who_ends_an_answered_one_has_not(site, lin):
    visitor = arrived(site)
    actions.reply(lin, visitor.last["conversation"], text="Tomorrow.")
    visitor("POST", "end")
    visitor("POST", "end")
    told = Event.objects.filter(conversation=visitor.last["conversation"])
    assert not told.filter(activity="conversation.abandoned").exists()
    assert [one.attributes["by"] for one in told.filter(activity="conversation.closed")] == ["customer"]


def test_there_is_nothing_to_end_before_the_first_message(site):
    visitor = Visitor(site)
    visitor.hello()
    for path, body in (("end", None), ("read", {"conversation": str(site.id), "position": 1})):
        answer = visitor("POST", path, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/errors/channels_webchat-no-conversation")


def test_who_has_it_is_told_by_name_only(site, lin):
    """While nobody has it there is a place in the queue."""
    visitor = arrived(site)
    state = visitor.state()
    assert (state["conversation"]["status"], state["conversation"]["agent"]) == ("waiting", None)
    assert state["queue"]["position"] == 1
    actions.take(lin, visitor.last["conversation"])
    state = visitor.state()
    assert (state["conversation"]["status"], state["conversation"]["agent"]) == ("active", {"name": "Lin"})
    assert state["queue"] is None
    assert str(lin.id) not in json.dumps(state)


def test_a_long_queue_is_counted_to_a_hundred(site):
    """Every page of everybody who waits asks; nobody needs to know whether it is 5000."""
    first = Conversation.objects.get(pk=arrived(site).last["conversation"])
    last = arrived(site)
    columns = {"customer_id": first.customer_id, "channel": "chat", "team_id": first.team_id}
    Conversation.objects.bulk_create(
        Conversation(**columns, waiting_since=first.waiting_since, last_message_at=first.waiting_since)
        for _ in range(110)
    )
    assert last.state()["queue"]["ahead"] == 100

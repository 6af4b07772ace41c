"""What does a visitor see when we merge, block and close? Their own words, never others', and no sign of a block."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests import build
from tests.service.apps.channels.webchat.widget import Visitor, arrived

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.webchat import watching
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers import actions as customers
from servewell.apps.journal.models import Event


@pytest.fixture
def boss(db):
    return build.person("boss", "administrator").principal()


def texts(visitor, **wanted):
    return [one["text"] for one in visitor.messages(**wanted)["items"]]


def test_it_works(site, lin):
    """No notes, no names of who wrote them, nothing of other customers."""
    visitor, other = arrived(site, "Mine"), arrived(site, "Another's")
    actions.note(lin, visitor.last["conversation"], text="A difficult one")
    actions.reply(lin, visitor.last["conversation"], text="Yes?")
    assert texts(visitor) == ["Mine", "Yes?"]
    assert texts(other) == ["Another's"]
    told = visitor("GET", "messages").content.decode()
    for hidden in (
        "A difficult one",
        str(lin.id),
        str(Conversation.objects.get(pk=visitor.last["conversation"]).customer_id),
    ):
        assert hidden not in told
    assert [one["name"] for one in visitor.messages()["items"]] == ["", "Lin"]


def test_after_a_merge_only_what_came_since_is_seen(site, boss):
    """That two visitors are one person is what we believe: what the other one wrote stays theirs."""
    one, other = arrived(site, "Mine"), arrived(site, "My secret")
    actions.reply(boss, other.last["conversation"], text="About the secret")
    actions.merge(boss, UUID(one.last["conversation"]), UUID(other.last["conversation"]), anyway=True)
    one.say("More of mine")
    other.say("More of the secret")
    actions.reply(boss, other.last["conversation"], text="To both")
    assert texts(one) == ["Mine", "More of mine", "To both"]
    positions = [item["position"] for item in one.messages()["items"]]
    assert positions == [1, 2, 3]
    assert texts(one, conversation=other.last["conversation"], after=2) == ["To both"]
    assert one.state()["conversation"]["last_position"] == 3
    assert one.state()["unread"] == 1
    one("POST", "read", {"conversation": other.last["conversation"], "position": 3})
    assert one.state()["unread"] == 0
    reply = Event.objects.filter(activity="conversation.delivery_changed").latest("id")
    assert reply.attributes["delivery"] == "read"


def test_what_goes_on_by_mail_is_answered_by_mail(site, boss):
    """The chat shows what was said in it, and what its visitor writes further."""
    visitor = arrived(site, "Mine")
    mail = actions.receive(SYSTEM, build.inbound("By mail")).conversation_id
    actions.merge(boss, UUID(visitor.last["conversation"]), mail, anyway=True)
    actions.reply(boss, mail, text="By mail, too")
    assert visitor.say("And now?").status_code == 201
    assert texts(visitor) == ["Mine", "And now?"]


def test_a_blocked_visitor_is_not_told(site, boss):
    """Each message is taken and kept, in one conversation as far as they see; nobody of us is disturbed."""
    visitor = arrived(site, "You fools")
    first = Conversation.objects.get()
    customers.block(boss, first.customer_id, reason="abuse")
    actions.change(boss, first.id, actions.Change(status="closed"))
    for text in ("Fools!", "Answer me!"):
        assert visitor.say(text).status_code == 201
    assert texts(visitor) == ["You fools", "Fools!", "Answer me!"]
    state = visitor.state()
    assert (state["conversation"]["status"], state["conversation"]["last_position"]) == ("waiting", 3)
    answer = visitor.say("Hello?").json()
    assert (answer["conversation"], answer["position"]) == (state["conversation"]["id"], 4)
    assert texts(visitor, conversation=answer["conversation"], after=3) == ["Hello?"]
    assert state["queue"]["sentence"]
    assert visitor("POST", "typing", {"state": "typing"}).status_code == 204
    assert set(Conversation.objects.values_list("status", flat=True)) == {"closed"}
    assert visitor("POST", "transcript", {"email": "a@example.com"}).status_code == 409


def test_a_blocked_visitor_keeps_one_number_and_id(site, boss):
    """Those they had before; so does their stream, and their list of conversations names no more."""
    visitor = arrived(site, "You fools")
    before = visitor.state()["conversation"]
    first = Conversation.objects.get()
    customers.block(boss, first.customer_id, reason="abuse")
    actions.change(boss, first.id, actions.Change(status="closed"))
    for _ in range(3):
        assert visitor.say("Fools!").json()["conversation"] == before["id"]
        state = visitor.state()["conversation"]
        assert [state[key] for key in ("id", "number", "started_at")] == [
            before[key] for key in ("id", "number", "started_at")
        ]
        assert str(watching.watcher(site.id, visitor.token).shown) == before["id"]
    assert Conversation.objects.count() == 4


def test_a_closed_conversation_is_shown_until_another_begins(site, boss):
    """And then the new one alone, from its start."""
    visitor = arrived(site, "First")
    actions.reply(boss, visitor.last["conversation"], text="Done.", solve=True)
    assert visitor.state()["conversation"]["status"] == "solved"
    actions.change(boss, UUID(visitor.last["conversation"]), actions.Change(status="closed"))
    assert visitor.state()["conversation"]["status"] == "ended"
    assert texts(visitor) == ["First", "Done."]
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert (visitor.state()["conversation"], texts(visitor)) == (None, [])
    visitor.say("Second")
    assert texts(visitor, conversation=visitor.last["conversation"], after=2) == ["Second"]


def test_an_erased_customer_is_nobody_here_either(site, boss):
    """Their tokens stop, and nothing of them stays."""
    from servewell.apps.channels.webchat.models import Visitor as Known

    visitor = arrived(site, page={"url": "https://shop.example/secret-page"})
    customer = Conversation.objects.get().customer_id
    proof = customers.erase(boss, customer)
    assert (Known.objects.count(), Conversation.objects.count()) == (0, 0)
    assert visitor("GET", "state").status_code == 401
    assert proof is not None
    fresh = Visitor(site, visitor.token)
    assert fresh.hello()["state"]["conversation"] is None

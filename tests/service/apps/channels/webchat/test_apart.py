"""Two visitors whose conversations one of us merged: does either read, end or mail what is the other's? Never."""

from uuid import UUID

import pytest
from tests import build
from tests.service.apps.channels.webchat.widget import Visitor, arrived, chat

from servewell.apps.base import outbox
from servewell.apps.channels.frame import kinds, options
from servewell.apps.channels.frame.case.actions import TRANSCRIPT
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import identity
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers import actions as customers

SECRET = "s3cret-of-the-shop"


@pytest.fixture
def shop(db):
    """A chat whose site signs identities."""
    return chat(sealed=options.sealed({"identity_secret": SECRET}))


@pytest.fixture
def boss(db):
    return build.person("boss", "administrator").principal()


@pytest.fixture
def box(monkeypatch):
    """A channel that sends mail, whose mails are kept here; with one account."""
    sent = []
    channel = kinds.Channel(
        "stub", "email", (), lambda account: kinds.Checked(True), mail=lambda account, mail: sent.append(mail)
    )
    monkeypatch.setattr(kinds, "_channels", kinds._channels | {"stub": channel})
    Account.objects.create(channel="stub", name="Support", address="help@shop.example")
    return sent


@pytest.fixture
def both(site, boss):
    """Two visitors; what the first wrote was merged into what the second wrote, and both go on writing."""
    one, other = arrived(site, "Mine"), arrived(site, "My secret")
    actions.reply(boss, other.last["conversation"], text="About the secret")
    actions.merge(boss, UUID(one.last["conversation"]), UUID(other.last["conversation"]), anyway=True)
    one.say("More of mine")
    other.say("More of the secret")
    actions.reply(boss, other.last["conversation"], text="To both")
    return one, other


def texts(visitor, **wanted):
    return [one["text"] for one in visitor.messages(**wanted)["items"]]


def test_it_works(both):
    """Each sees their own words and what we said to them, whichever conversation goes on."""
    one, other = both
    assert texts(one) == ["Mine", "More of mine", "To both"]
    assert texts(other) == ["My secret", "About the secret", "More of the secret", "To both"]


def test_who_goes_on_reads_nothing_of_the_other_in_any_part(both):
    """After a position and before one neither."""
    _, other = both
    assert texts(other, conversation=other.last["conversation"], after=2) == ["More of the secret", "To both"]
    assert texts(other, before=4) == ["My secret", "About the secret"]


def test_a_merge_of_the_customers_too_lets_who_goes_on_read_all(both, boss):
    """Then they are one, as far as the conversation that goes on is theirs."""
    _, other = both
    mine, theirs = Conversation.objects.order_by("id")
    customers.merge(boss, mine.customer_id, theirs.customer_id)
    assert "More of mine" in texts(other)


@pytest.mark.parametrize(("who", "own", "others"), [(0, "More of mine", "secret"), (1, "My secret", "of mine")])
def test_a_transcript_says_what_its_visitor_sees(both, box, who, own, others):
    """And nothing of the other's, whoever asks."""
    answer = both[who]("POST", "transcript", {"email": "a@example.com"})
    assert answer.status_code == 202, answer.content
    while outbox.run_due(only=[TRANSCRIPT]):
        pass
    (mail,) = box
    assert own in mail.text
    assert "To both" in mail.text
    assert others not in mail.text + mail.subject


def test_nobody_ends_what_is_another_customers(both):
    """It is refused in kind words; who goes on may."""
    one, other = both
    refused = one("POST", "end")
    assert (refused.status_code, refused.json()["type"]) == (409, "/errors/channels_webchat-goes-on-elsewhere")
    assert other.state()["conversation"]["status"] != "ended"
    assert other("POST", "end").json()["conversation"]["status"] == "ended"


def test_what_was_before_is_of_the_signed_person_only(shop, boss):
    """That another customer is they as well is what one of us believes: no list shows it, no id opens it."""
    known, stranger = Visitor(shop), arrived(shop, "My secret")
    known.hello(identity=identity.sign(SECRET, {"id": "42"}))
    known.say("Mine")
    theirs, mine = Conversation.objects.order_by("id")
    customers.merge(boss, theirs.customer_id, mine.customer_id)
    assert [one["preview"] for one in known("GET", "conversations").json()["items"]] == ["Mine"]
    assert known("GET", f"conversations/{stranger.last['conversation']}/messages").status_code == 404


def test_what_was_before_shows_nothing_that_another_wrote_there(shop, boss):
    """Merged into theirs: in the list not the beginning of it, and nothing when it is opened."""
    known, stranger = Visitor(shop), arrived(shop, "My secret")
    known.hello(identity=identity.sign(SECRET, {"id": "42"}))
    at = known.say("Mine").json()["conversation"]
    actions.merge(boss, UUID(stranger.last["conversation"]), UUID(at), anyway=True)
    stranger.say("More of the secret")
    known("POST", "end")
    known.say("The next")
    assert [one["preview"] for one in known("GET", "conversations").json()["items"]] == ["The next", "Mine"]
    told = known("GET", f"conversations/{at}/messages").json()["items"]
    assert [one["text"] for one in told] == ["Mine"]


def test_a_blocked_person_finds_no_more_conversations_than_before(shop, boss):
    """What they write meanwhile is one with the last, which waits as far as they see."""
    known = Visitor(shop)
    known.hello(identity=identity.sign(SECRET, {"id": "42"}))
    known.say("You fools")
    first = Conversation.objects.get()
    customers.block(boss, first.customer_id, reason="abuse")
    actions.change(boss, first.id, actions.Change(status="closed"))
    known.say("Fools!")
    (found,) = known("GET", "conversations").json()["items"]
    assert (found["id"], found["status"], found["ended_at"]) == (str(first.id), "waiting", None)
    told = known("GET", f"conversations/{found['id']}/messages").json()["items"]
    assert [one["text"] for one in told] == ["You fools", "Fools!"]

"""A visitor of the chat writes and is answered."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.channels.webchat.widget import Visitor, arrived, chat

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.webchat import desk, watching
from servewell.apps.channels.webchat.api import shown
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers.models import Customer
from servewell.apps.people.models import Team, User


def test_it_works(site, lin):
    """Hello, a message, an answer."""
    visitor = Visitor(site)
    assert visitor.hello()["state"]["conversation"] is None
    sent = visitor.say("Where is my parcel?")
    assert sent.status_code == 201, sent.content
    actions.reply(lin, sent.json()["conversation"], text="It comes tomorrow.")
    seen = visitor.messages()
    assert [(one["from"], one["name"], one["text"]) for one in seen["items"]] == [
        ("visitor", "", "Where is my parcel?"),
        ("agent", "Lin", "It comes tomorrow."),
    ]
    assert visitor.state()["unread"] == 1


def test_a_hello_alone_is_nobody_yet(site):
    """Neither a customer nor a conversation."""
    Visitor(site).hello(page={"url": "https://shop.example/cart?session=secret#x", "title": "Cart"})
    assert (Customer.objects.count(), Conversation.objects.count()) == (0, 0)


def test_the_same_message_twice_is_one(site):
    """From two pages, after a lost answer: 201, then 200 with the same."""
    visitor = arrived(site)
    body = {"client_id": "018f0000-0000-7000-8000-000000000001", "text": "Hello?"}
    first, again = (visitor("POST", "messages", body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert {**first.json(), "new_conversation": None} == {**again.json(), "new_conversation": None}
    assert len(visitor.messages()["items"]) == 2


def test_another_visitors_message_is_not_told_by_its_client_id(site):
    """Who sends somebody else's id writes a message of their own."""
    one, other = arrived(site), Visitor(site)
    other.hello()
    answer = other.say("Mine", client_id=one.last["client_id"])
    assert answer.status_code == 201
    assert answer.json()["conversation"] != one.last["conversation"]
    assert [item["text"] for item in other.messages()["items"]] == ["Mine"]


def test_what_follows_is_fetched_by_position(site, lin):
    """After the last one known, or before the first; from the start when another conversation was named."""
    visitor = arrived(site, "1")
    for number in range(2, 8):
        visitor.say(str(number))
    actions.note(lin, visitor.last["conversation"], text="strictly between us")

    def texts(**wanted):
        found = visitor.messages(conversation=visitor.last["conversation"], **wanted)
        return [item["text"] for item in found["items"]], found["more"]

    assert texts(limit=3) == (["5", "6", "7"], True)
    assert texts(after=2, limit=3) == (["3", "4", "5"], True)
    assert texts(after=6) == (["7"], False)
    assert texts(before=3) == (["1", "2"], False)
    other = visitor.messages(conversation="018f0000-0000-7000-8000-000000000001", after=6)
    assert [item["position"] for item in other["items"]] == [1, 2, 3, 4, 5, 6, 7]


def statements(work):
    """Return what `work` gives, and how many statements it took: all, and those of the message's transaction."""
    with CaptureQueriesContext(connection) as captured:
        given = work()
    asked = [query["sql"] for query in captured]
    begin = next(at for at, sql in enumerate(asked) if sql.startswith(("BEGIN", "SAVEPOINT")))
    end = next(at for at, sql in enumerate(asked) if sql.startswith(("COMMIT", "RELEASE")))
    return given, len(asked), end - begin + 1


@pytest.mark.django_db(transaction=True)
def test_a_message_takes_few_statements():
    """12 for the first, 8 for those that follow; who it is, the limit and what came of it are three more."""
    visitor = Visitor(chat())
    visitor.hello()
    visitor("GET", "state")
    first, whole, within = statements(lambda: visitor.say("Where is my parcel?"))
    assert (first.status_code, within <= 12, whole <= within + 3) == (201, True, True), (whole, within)
    later, whole, within = statements(lambda: visitor.say("Hello?"))
    assert (later.status_code, within <= 8, whole <= within + 3) == (201, True, True), (whole, within)


def test_a_visitors_word_on_the_time_goes_a_day_back_and_nobody_jumps_the_queue_by_it(site):
    """Not to before they came; who waits does so since the message came."""
    now = clock.now().replace(microsecond=0)
    with clock.frozen(now - timedelta(hours=50)):
        visitor = Visitor(site)
        visitor.hello()
    fresh = Visitor(site)
    fresh.hello()
    for who, days in ((visitor, 300), (visitor, 0.5), (fresh, 300)):
        assert who.say("Hello", wrote_at=(now - timedelta(days=days)).isoformat()).status_code == 201
    old, late = (one["at"] for one in visitor.messages()["items"])
    assert now - timedelta(hours=24) <= datetime.fromisoformat(old) <= clock.now() - timedelta(hours=23)
    assert datetime.fromisoformat(late) == now - timedelta(hours=12)
    assert datetime.fromisoformat(fresh.messages()["items"][0]["at"]) >= now
    assert all(one.waiting_since >= now for one in Conversation.objects.all())


def test_visitors_never_read_the_name_that_somebody_signs_in_by(site, lin):
    """Who has no name of their own is read as the team; the site is read by its title, not as we call it."""
    User.objects.update(name="")
    visitor = arrived(site)
    actions.reply(lin, visitor.last["conversation"], text="It comes tomorrow.")
    actions.take(lin, visitor.last["conversation"])
    team = Team.objects.get(pk=site.team_id).name
    assert visitor.messages()["items"][-1]["name"] == team
    assert visitor.state()["conversation"]["agent"] == {"name": team}
    assert watching.name_of(lin.id, site.team_id) == team
    site.options = {"title_en": "Ask us"}
    site.save()
    assert shown.config(site, "en")["name"] == "Ask us"


@pytest.mark.parametrize(("language", "words"), [("en", "You are next."), ("zh-Hans", "下一位就是您。")])
def test_who_is_next_is_promised_no_minutes(language, words):
    assert desk.Queue(0, 0).sentence(language) == words
    assert desk.Queue(2, 240).sentence(language) != desk.Queue(2, None).sentence(language)


def test_an_answer_by_a_key_is_read_as_the_teams(site):
    """A program of ours that answers is no automatic notice: only what nobody wrote is one."""
    visitor = arrived(site, "Where is it?")
    conversation = visitor.last["conversation"]
    actions.reply(build.principal("administrator", kind="key"), conversation, text="Tomorrow.")
    actions.reply(SYSTEM, conversation, text="We are closed now.")
    assert [(one["from"], one["name"]) for one in visitor.messages()["items"]] == [
        ("visitor", ""),
        ("agent", "Front desk"),
        ("system", ""),
    ]

"""The customer's page, as its server speaks: what it shows, what can be done there, what it keeps to itself."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import build
from tests.service.apps.conversations.desk import Desk, row, told
from tests.service.apps.people.helpers import Browser

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.case import actions as actions_of_page
from servewell.apps.channels.frame.case import files
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import InboundFile
from servewell.apps.conversations.changes import Change
from servewell.apps.conversations.models import Conversation, Link, Message
from servewell.apps.customers import actions as customers
from servewell.apps.people import actions as people
from servewell.engines.calendars import Week, shifts

HERE = "/api/v1/channels/case"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return Desk()


class Page:
    """Somebody with a link."""

    def __init__(self, conversation, language="en"):
        self.token = links.token_of(conversation)
        self.browser = Browser(**{"Accept-Language": language})

    def __call__(self, method="GET", place="", body=None):
        return self.browser(method, f"{HERE}/{self.token}{place}", body)

    def seen(self):
        answer = self()
        assert answer.status_code == 200, answer.content
        return answer.json()

    def say(self, text="And now?", **changes):
        return self("POST", "/messages", {"client_id": str(uuid4()), "text": text, **changes})

    def send(self, name="label.png", data=PNG):
        given = {"file": SimpleUploadedFile(name, data)}
        return Client().post(f"{HERE}/{self.token}/files", given)


def test_it_works(desk):
    """How it stands, what was said both ways, an answer that is put before the agent."""
    conversation = desk.received("Where is my parcel?", subject="Order 7", customer_name="Wang")
    actions.reply(desk.who("lin"), conversation, text="It comes tomorrow.")
    page = Page(conversation)
    seen = page.seen()
    assert (seen["number"], seen["subject"], seen["status"]) == (row(conversation).number, "Order 7", "waiting_for_you")
    assert [(one["from"], one["name"], one["text"]) for one in seen["messages"]] == [
        ("customer", "Wang", "Where is my parcel?"),
        ("us", "Lin", "It comes tomorrow."),
    ]
    assert (seen["team"], seen["promises"], seen["goes_on"]) == ("Front desk", [], None)
    assert [step["kind"] for step in seen["next"]] == ["waiting_for_you"]
    sent = page.say("Thank you. At what time?")
    assert sent.status_code == 201, sent.content
    assert sent.json()["path"] == f"/case/{page.token}"
    assert row(conversation).status == "waiting_us"
    assert page.seen()["messages"][-1]["client_id"] == sent.json()["client_id"]


def test_nothing_of_ours_is_shown(desk):
    """No notes, no quoted text, no user names, no ids of people, no fields, no tags, no priority."""
    conversation = desk.received("Hello", quoted="an earlier secret")
    desk.lin.name = ""
    desk.lin.save()
    actions.note(desk.who("lin"), conversation, text="the customer is difficult")
    actions.reply(desk.who("lin"), conversation, text="Hi")
    body = Page(conversation)().content.decode()
    for word in (
        "difficult",
        "secret",
        "lin",
        str(desk.lin.id),
        str(row(conversation).customer_id),
        "priority",
        "tags",
    ):
        assert word not in body, word


def test_answers_carry_what_keeps_the_link_to_its_owner(desk):
    """Kept by no cache, found by no search engine, told to no other page."""
    page = Page(desk.received())
    for answer in (page(), page.say()):
        assert answer["Cache-Control"] == "no-store"
    assert page()["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page()["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("does", "status"),
    [
        (lambda desk, one: None, "received"),
        (lambda desk, one: actions.assign(desk.who("lin"), one, assignee=desk.lin.id), "working"),
        (lambda desk, one: actions.reply(desk.who("lin"), one, text="Hi"), "waiting_for_you"),
        (lambda desk, one: actions.change(desk.who("lin"), one, Change(status="solved")), "solved"),
        (lambda desk, one: actions.change(desk.who("lin"), one, Change(status="closed")), "closed"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_status_is_in_the_customers_words(desk, does, status):
    """And since when it is so, and in both languages what comes next."""
    conversation = desk.received()
    does(desk, conversation)
    seen = Page(conversation).seen()
    assert seen["status"] == status
    assert datetime.fromisoformat(seen["since"]) <= clock.now()
    assert seen["next"][0]["sentence"].isascii()
    assert not Page(conversation, "zh-CN").seen()["next"][0]["sentence"].isascii()


def test_who_is_away_says_when_they_are_back(desk):
    """By the team's working hours; nothing while they are there, or wait for the customer."""
    weekdays = Week("Asia/Shanghai", (shifts("09:00-18:00"),) * 5 + ((),) * 2)
    people.set_hours(SYSTEM, desk.team, weekdays)
    conversation = desk.received()
    page = Page(conversation)
    sunday = datetime(2026, 11, 22, 3, tzinfo=UTC)
    with patch.object(clock, "now", lambda: sunday):
        away = page.seen()["next"][1]
    assert (away["kind"], away["at"]) == ("hours", "2026-11-23T01:00:00Z")
    with patch.object(clock, "now", lambda: sunday + timedelta(days=1)):
        assert [step["kind"] for step in page.seen()["next"]] == ["received"]


def test_the_same_message_twice_is_one(desk):
    """After a lost answer: 201, then 200 with the same."""
    page = Page(desk.received())
    one = str(uuid4())
    first, again = (page.say("Hello?", client_id=one) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(page.seen()["messages"]) == 2


def test_a_closed_one_is_continued_by_a_new_one(desk):
    """The answer says where: the page goes there, and the old one shows the way."""
    conversation = desk.received(subject="Order 7", account=uuid4())
    actions.change(desk.who("lin"), conversation, Change(status="closed"))
    page = Page(conversation)
    assert page.seen()["begins_new"]
    said = {"client_id": str(uuid4()), "text": "It came broken."}
    first = page("POST", "/messages", said).json()
    assert first["path"] != f"/case/{page.token}"
    assert page("POST", "/messages", said).json() == first
    fresh = Link.objects.get(other=conversation).one
    assert (fresh.subject, fresh.account, fresh.team) == ("Order 7", row(conversation).account, desk.team)
    assert page.seen()["goes_on"] == {"number": fresh.number, "path": first["path"]}
    assert Page(fresh.id).seen()["messages"][-1]["text"] == "It came broken."


def test_a_solved_one_is_taken_up_again(desk):
    """It is not for the customer to open a new one."""
    conversation = desk.received()
    actions.change(desk.who("lin"), conversation, Change(status="solved"))
    assert Page(conversation).say("No, it is not.").status_code == 201
    assert row(conversation).status == "waiting_us"


def test_the_customer_says_that_it_is_solved(desk):
    """Once; the journal knows who said so."""
    conversation = desk.received()
    actions.reply(desk.who("lin"), conversation, text="Try again.")
    page = Page(conversation)
    for _ in range(2):
        assert page("POST", "/solved").json()["status"] == "solved"
    assert told(conversation)[-2:] == ["solved", "solved_by_customer"]


def test_who_knows_the_link_belongs_whatever_the_way_it_began(desk):
    """An answer to a mail, a chat or a system's ticket is that conversation's, and keeps its account and source."""
    account = uuid4()
    conversation = desk.received(channel="chat", source=f"chat:{account}", thread="visitor:1", account=account)
    Page(conversation).say("Still there?")
    said = Message.objects.filter(conversation=conversation).order_by("position").last()
    assert (said.source, said.author) == (f"chat:{account}", row(conversation).customer_id)
    assert Conversation.objects.count() == 1


def test_a_blocked_customer_reads_on_and_disturbs_nobody(desk):
    """What they wrote is kept; they are not told, and the inbox stays as it is."""
    conversation = desk.received()
    actions.reply(desk.who("lin"), conversation, text="Please stop.")
    customers.block(SYSTEM, row(conversation).customer_id, "threats")
    page = Page(conversation)
    assert page.say("No!").status_code == 201
    assert page.seen()["messages"][-1]["text"] == "No!"
    assert row(conversation).status == "waiting_customer"
    actions.change(desk.who("lin"), conversation, Change(status="closed"))
    onward = page.say("Hello?").json()["path"].removeprefix("/case/")
    seen = Browser(**{"Accept-Language": "en"})("GET", f"{HERE}/{onward}").json()
    assert (seen["status"], seen["next"][0]["kind"], seen["begins_new"]) == ("received", "received", False)


def test_of_two_customers_neither_reads_the_other(desk):
    """One of us may merge their conversations all the same: one link ends, the other page shows its own part."""
    theirs = desk.received("My secret", thread="li", identities=(), customer=build.customer("Li").id)
    conversation = desk.received("Hello")
    page, other = Page(conversation), Page(theirs)
    actions.merge(desk.who("boss"), theirs, conversation, anyway=True)
    assert (other().status_code, other().json()["type"]) == (410, "/errors/channels-link-revoked")
    assert [one["text"] for one in page.seen()["messages"]] == ["Hello"]
    late = build.inbound("More of it", thread="li", identities=(), customer=row(theirs).customer_id)
    assert actions.receive(SYSTEM, late).conversation_id == conversation
    assert [one["text"] for one in page.seen()["messages"]] == ["Hello"]
    actions.unmerge(desk.who("boss"), theirs)
    assert [one["text"] for one in other.seen()["messages"]] == ["My secret"]


def test_what_was_merged_of_one_customer_is_read_together(desk):
    """In the order in which it was written."""
    one, other = desk.received("First"), desk.received("Second")
    page = Page(one)
    actions.merge(desk.who("boss"), one, other)
    assert [said["text"] for said in page.seen()["messages"]] == ["First", "Second"]
    assert page.say("Third").status_code == 201
    assert row(other).preview == "Third"


def test_files_go_both_ways(desk):
    """Sent by the link and named by a message; fetched by an address that opens this one file for an hour."""
    page = Page(desk.received())
    sent = page.send()
    assert sent.status_code == 201, sent.content
    assert page.say("", files=[sent.json()["id"]]).status_code == 201
    (file,) = page.seen()["messages"][-1]["files"]
    assert (file["name"], file["inline"], file["media_type"]) == ("label.png", True, "image/png")
    assert page.token not in file["url"]
    fetched = Client().get(f"{file['url']}&inline=1")
    assert b"".join(fetched.streaming_content) == PNG
    assert "sandbox" in fetched["Content-Security-Policy"]
    later = clock.now() + files.GOOD_FOR + timedelta(minutes=11)
    with patch.object(clock, "now", lambda: later):
        assert Client().get(file["url"]).status_code == 404
    other = build.attachment()
    assert Client().get(file["url"].replace(file["id"], str(other.id))).status_code == 404


def test_pictures_of_a_mail_stand_in_their_place(desk):
    """`cid:` becomes the address of the file; one that is not there shows nothing."""
    picture = build.attachment("logo.png", PNG)
    conversation = desk.received(
        html='<p>See <img src="cid:logo@1"> and <img src="cid:none@1"> <script>x</script></p>',
        attachments=(InboundFile(picture.id, "logo@1"),),
    )
    (said,) = Page(conversation).seen()["messages"]
    assert "cid:" not in said["html"]
    assert "script" not in said["html"]
    assert f'src="/api/v1/channels/case/files/{picture.id}/logo.png?until=' in said["html"]
    assert said["files"][0]["in_text"]


def test_somebody_elses_file_cannot_be_sent(desk):
    """By its id one would read it on the page."""
    page, other = Page(desk.received()), Page(desk.received(identities=(), customer=build.customer("Li").id))
    theirs = other.send().json()["id"]
    for stranger in (theirs, str(build.attachment().id), str(uuid4())):
        answer = page.say("look", files=[stranger])
        assert (answer.status_code, answer.json()["type"]) == (422, "/errors/channels-not-your-file")


def test_a_file_is_part_of_one_message(desk):
    """Sent again with the same name it is that message; with another one it is refused."""
    page = Page(desk.received())
    named = {"client_id": str(uuid4()), "files": [page.send().json()["id"]]}
    assert [page.say("look", **named).status_code for _ in range(2)] == [201, 200]
    answer = page.say("again", files=named["files"])
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/channels-not-your-file")


def test_long_conversations_are_read_page_by_page(desk):
    """The newest fifty, then those before, without a gap."""
    conversation = desk.received("m0")
    for n in range(1, 60):
        actions.reply(desk.who("lin"), conversation, text=f"m{n}")
    page = Page(conversation)
    seen = page.seen()
    assert (len(seen["messages"]), seen["more"]) == (50, True)
    earlier = page("GET", f"/messages?before={seen['messages'][0]['id']}").json()
    assert [one["text"] for one in earlier["messages"] + seen["messages"]] == [f"m{n}" for n in range(60)]
    assert not earlier["more"]


BAD = [
    ({}, 422),  # nothing
    ({"client_id": "x", "text": "a"}, 422),
    ({"client_id": str(uuid4())}, 422),  # no words
    ({"client_id": str(uuid4()), "text": " \u200b\n"}, 422),  # nothing visible
    ({"client_id": str(uuid4()), "text": "x" * 10_001}, 422),
    ({"client_id": str(uuid4()), "text": None}, 422),
    ({"client_id": str(uuid4()), "text": "a", "files": ["x"]}, 422),
    ({"client_id": str(uuid4()), "text": "a", "files": [str(uuid4())] * 51}, 422),
    ([], 422),
    ("text", 422),
]


@pytest.mark.parametrize(("body", "status"), BAD, ids=range(len(BAD)))
def test_bad_input_is_refused_in_words(desk, body, status):
    """Nothing is kept of it."""
    conversation = desk.received()
    answer = Page(conversation)("POST", "/messages", body)
    assert answer.status_code == status, answer.content
    assert answer.json()["title"]
    assert Message.objects.filter(conversation=conversation).count() == 1


def test_what_cannot_be_stored_is_taken_out(desk):
    """NUL and half characters, as everywhere."""
    page = Page(desk.received())
    assert page.say("a\x00b").status_code == 201
    assert page.seen()["messages"][-1]["text"] == "ab"


def test_a_link_that_leads_nowhere_says_so_kindly(desk):
    """In the language asked for; whoever guesses is stopped after some tries."""
    for language, word in (("en", "link"), ("zh-CN", "链接")):
        answer = Browser(**{"Accept-Language": language})("GET", f"{HERE}/{'A' * 47}")
        assert answer.status_code == 404
        assert word in answer.json()["title"]
    answers = [Browser()("GET", f"{HERE}/{'B' * 47}").status_code for _ in range(40)]
    assert 429 in answers


def test_a_link_writes_only_so_much_in_a_minute(desk):
    """Then it waits as long as the answer says."""
    page = Page(desk.received())
    answers = [page.say(f"m{n}") for n in range(11)]
    assert [one.status_code for one in answers] == [201] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_the_page_costs_the_same_however_long_the_conversation(desk, django_assert_max_num_queries):
    """No query for each message."""
    conversation = desk.received()
    for n in range(30):
        actions.reply(desk.who("lin"), conversation, text=f"m{n}")
    page = Page(conversation)
    page()
    with django_assert_max_num_queries(15):
        page()


def test_an_answer_by_a_key_is_read_as_ours(desk):
    """A program of ours that answers is no automatic message: only what nobody wrote is one."""
    conversation = desk.received("Where is it?")
    actions.reply(build.principal("administrator", kind="key"), conversation, text="Tomorrow.")
    actions.reply(SYSTEM, conversation, text="We are closed now.")
    assert [(one["from"], one["name"]) for one in Page(conversation).seen()["messages"]][1:] == [
        ("us", ""),
        ("system", ""),
    ]


def test_a_conversation_that_is_erased_meanwhile_is_told_kindly(desk):
    """While its customer says that it is solved."""
    conversation = desk.received()
    page, solve = Page(conversation), actions_of_page.solve

    def erased(one):
        solve(one)
        customers.erase(desk.who("boss"), one.customer_id)

    with patch.object(actions_of_page, "solve", erased):
        assert page("POST", "/solved").status_code == 404

"""Conversations over HTTP: what a program brings in, what agents do with it, and what they are told meanwhile.

long because one desk is talked to over HTTP all through.
"""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.people.helpers import Browser, person, signed_in
from tests.together import at_once

from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.api import shown
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.journal.models import Access
from servewell.apps.people import actions as people
from servewell.apps.people.models import Team

ROOM = "/api/v1/conversations"
WANG = {"kind": "email", "value": "wang@example.com"}


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Desk:
    """A team with two agents, a program that brings messages in, and a conversation."""

    def __init__(self) -> None:
        self.team = Team.objects.create(name="Front desk")
        self.boss = person("boss", "administrator")
        self.lin, self.mei = (person(name, name=name.title(), teams=[self.team.id]) for name in ("lin", "mei"))
        _, text = people.create_key(self.boss.principal(), "shop", ["conversations.receive"], None)
        self.program = {"Authorization": f"Bearer {text}"}
        received = actions.receive(SYSTEM, build.inbound("Where is my parcel?", team=self.team.id))
        self.id, self.number = received.conversation_id, received.number
        self.one = f"{ROOM}/{self.id}"

    def incoming(self, **body: Any) -> Any:
        return Browser()("POST", f"{ROOM}/incoming", {"channel": "api", **body}, **self.program)

    def agent(self) -> Browser:
        return signed_in(self.lin)

    def row(self) -> Conversation:
        return Conversation.objects.get(pk=self.id)


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()


def test_it_works(desk):
    """A message comes in, an agent takes the conversation, answers it, and it is solved; all that is told in words."""
    came = desk.incoming(
        text="你好，我的订单还没有收到。",
        identities=[WANG],
        customer_name="王小明",
        external_id="m-1",
        team=str(desk.team.id),
        subject="订单",
        source="shop",
    )
    assert came.status_code == 201, came.content
    assert came.json()["is_new_conversation"]
    lin, one = desk.agent(), f"{ROOM}/{came.json()['conversation']}"
    assert lin("POST", f"{one}/take").json()["assignee"]["name"] == "Lin"
    said = lin("POST", f"{one}/messages", {"text": "您好，今天补发。", "seen": 1, "solve": True})
    assert (said.status_code, said.json()["delivery"], said.json()["author"]["name"]) == (201, "queued", "Lin")
    shown = lin("GET", one).json()
    assert (shown["status"], shown["preview"], shown["messages"]) == ("solved", "您好，今天补发。", 2)
    page = lin("GET", f"{one}/messages").json()
    assert [message["author"]["kind"] for message in page["items"]] == ["agent", "customer"]
    sentences = [line["sentence"] for line in lin("GET", f"{one}/history").json()["items"]]
    assert len(sentences) >= 4
    assert all(sentences)


def test_a_message_that_comes_twice_is_one(desk):
    """By its id over there: 201, then 200 with the same ids."""
    first, again = (desk.incoming(text="Hello", identities=[WANG], source="shop", external_id="m-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["message"] == again.json()["message"]
    assert again.json()["is_repeat"]


def test_a_customers_file_comes_with_the_message(desk):
    """The program sends it first, the agent sees it, another team does not."""
    file = SimpleUploadedFile("order.txt", b"SO-7")
    sent = Browser().client.post(f"{ROOM}/incoming/attachments", {"file": file}, headers=desk.program)
    assert sent.status_code == 201, sent.content
    files = [{"id": sent.json()["id"]}]
    came = desk.incoming(text="See here", identities=[WANG], attachments=files, team=str(desk.team.id))
    assert came.status_code == 201, came.content
    page = desk.agent()("GET", f"{ROOM}/{came.json()['conversation']}/messages").json()
    assert [file["name"] for file in page["items"][0]["attachments"]] == ["order.txt"]
    stranger = signed_in(person("away", teams=[build.team("Away").id]))
    assert stranger("GET", f"{ROOM}/attachments/{sent.json()['id']}").status_code == 404


def test_nobody_sends_a_strangers_file_on(desk):
    """Whoever guessed an id would otherwise read it in their own message."""
    file = build.attachment()
    refused = desk.agent()("POST", f"{desk.one}/messages", {"text": "Hi", "attachments": [str(file.id)]})
    assert (refused.status_code, refused.json()["type"]) == (422, "/errors/conversations-no-such-attachment")
    assert desk.row().messages == 1


def test_reading_a_conversation_is_remembered(desk):
    """One row a read: who, of which customer, and what of it."""
    lin = desk.agent()
    for address in ("", "/messages", "/history"):
        lin("GET", desk.one + address)
    rows = list(Access.objects.order_by("at"))
    assert [row.what for row in rows] == [f"conversation.{what}" for what in ("read", "messages", "history")]
    assert {(row.actor, row.subject_kind, row.subject) for row in rows} == {
        (desk.lin.id, "customer", desk.row().customer_id)
    }


def test_by_its_number(desk):
    """As agents speak of it; what is out of reach is not there."""
    assert desk.agent()("GET", f"{ROOM}/by-number/{desk.number}").json()["id"] == str(desk.id)
    stranger = signed_in(person("away", teams=[build.team("Away").id]))
    for number in (desk.number, desk.number + 1000, 10**30, -1):
        assert stranger("GET", f"{ROOM}/by-number/{number}").status_code == 404


def test_who_saves_second_is_told_what_changed_and_loses_nothing(desk):
    """409 names what, by whom, in words; what touches nothing of it is taken."""
    lin, mei = desk.agent(), signed_in(desk.mei)
    version = lin("GET", desk.one).json()["version"]
    assert lin("PATCH", desk.one, {"priority": "high", "version": version}).status_code == 200
    refused = mei("PATCH", desk.one, {"priority": "low", "subject": "Parcel", "version": version})
    assert (refused.status_code, refused.json()["type"]) == (409, "/errors/conversations-changed")
    (change,) = refused.json()["changed"]
    assert (change["what"], change["before"], change["now"], change["by"]) == ("priority", "normal", "high", "Lin")
    assert "Lin" in change["sentence"]
    assert (desk.row().subject, desk.row().priority) == ("", 3)
    assert mei("PATCH", desk.one, {"subject": "Parcel", "version": version}).status_code == 200
    assert mei("PATCH", desk.one, {"priority": "low", "version": refused.json()["version"] + 1}).status_code == 200


def test_who_answers_late_is_told_what_was_written(desk):
    """Nothing is sent, what the colleague wrote comes with the refusal; sent again with `anyway` it goes."""
    lin, mei = desk.agent(), signed_in(desk.mei)
    assert lin("POST", f"{desk.one}/messages", {"text": "It is on its way.", "seen": 1}).status_code == 201
    late = {"text": "We look into it.", "seen": 1}
    refused = mei("POST", f"{desk.one}/messages", late)
    assert (refused.status_code, refused.json()["type"]) == (409, "/errors/conversations-changed")
    assert [message["text"] for message in refused.json()["messages"]] == ["It is on its way."]
    assert Message.objects.filter(conversation=desk.id).count() == 2
    assert mei("POST", f"{desk.one}/messages", {**late, "anyway": True}).status_code == 201


def test_a_note_says_whom_it_does_not_reach(desk):
    """It is kept whoever it names."""
    away = person("away", name="Away", teams=[build.team("Away").id])
    nobody = "00000000-0000-7000-8000-000000000000"
    mentions = [str(desk.mei.id), str(away.id), nobody]
    kept = desk.agent()("POST", f"{desk.one}/notes", {"text": "@Mei please look", "mentions": mentions}).json()
    assert [one["name"] for one in kept["message"]["mentions"]] == ["Mei"]
    assert (kept["unseen"], kept["unknown"]) == (["Away"], [nobody])
    assert len(kept["sentences"]) == 2
    assert signed_in(desk.mei)("GET", desk.one).json()["following"]


def test_given_to_nobody_and_left_out_are_two_things(desk):
    """Null takes the assignee away, what is left out stays."""
    lin = desk.agent()
    lin("POST", f"{desk.one}/take")
    assert lin("POST", f"{desk.one}/assign", {"team": str(desk.team.id)}).json()["assignee"]["name"] == "Lin"
    assert lin("PATCH", desk.one, {"priority": "low"}).json()["assignee"]["name"] == "Lin"
    assert lin("PATCH", desk.one, {"assignee": None}).json()["assignee"] is None


def test_merged_and_taken_apart_again(desk):
    """The one that goes on shows both; whoever may see only the other sees no more than its own messages."""
    other = actions.receive(SYSTEM, build.inbound("And my refund?", team=desk.team.id))
    lin = desk.agent()
    kept = lin("POST", f"{ROOM}/{other.conversation_id}/merge", {"into": str(desk.id)}).json()
    assert [one["number"] for one in kept["merged"]] == [other.number]
    assert len(lin("GET", f"{desk.one}/messages").json()["items"]) == 2
    gone = lin("GET", f"{ROOM}/{other.conversation_id}").json()
    assert gone["merged_into"]["number"] == desk.number
    assert len(lin("GET", f"{ROOM}/{other.conversation_id}/messages").json()["items"]) == 1
    apart = lin("POST", f"{ROOM}/{other.conversation_id}/unmerge").json()
    assert (apart["merged_into"], lin("GET", desk.one).json()["merged"]) == (None, [])


def test_a_cycle_of_merges_is_refused_kindly(desk):
    """Into itself, or into what goes on in it."""
    other = actions.receive(SYSTEM, build.inbound("And my refund?", team=desk.team.id))
    lin, there = desk.agent(), f"{ROOM}/{other.conversation_id}"
    itself = lin("POST", f"{desk.one}/merge", {"into": str(desk.id)})
    assert (itself.status_code, itself.json()["type"]) == (422, "/errors/conversations-merged-with-itself")
    assert lin("POST", f"{there}/merge", {"into": str(desk.id)}).status_code == 200
    back = lin("POST", f"{desk.one}/merge", {"into": str(other.conversation_id)})
    assert (back.status_code, back.json()["type"]) == (422, "/errors/conversations-merged-with-itself")


def test_split_off_linked_and_unlinked(desk):
    """The new conversation is linked to the old one, from both sides; a link of others is not there."""
    actions.receive(SYSTEM, build.inbound("And my refund?", conversation=desk.id))
    lin = desk.agent()
    second = lin("GET", f"{desk.one}/messages?position=2").json()["items"][0]["id"]
    fresh = lin("POST", f"{desk.one}/split", {"messages": [second], "subject": "Refund"})
    assert (fresh.status_code, fresh.json()["subject"]) == (201, "Refund")
    assert fresh.json()["split_from"]["number"] == desk.number
    (link,) = lin("GET", f"{desk.one}/links").json()
    assert (link["kind"], link["is_from_here"], link["subject"]) == ("related", False, "Refund")
    elsewhere = actions.receive(SYSTEM, build.inbound("Another", team=desk.team.id)).conversation_id
    assert lin("DELETE", f"{ROOM}/{elsewhere}/links/{link['id']}").status_code == 404
    assert lin("DELETE", f"{desk.one}/links/{link['id']}").status_code == 204
    assert lin("GET", f"{desk.one}/links").json() == []


def test_who_has_it_open_is_seen_by_the_others(desk):
    """And not by oneself."""
    lin, mei = desk.agent(), signed_in(desk.mei)
    assert lin("PUT", f"{desk.one}/looking", {"state": "typing"}).json() == []
    assert [(one["name"], one["state"]) for one in mei("GET", desk.one).json()["looking"]] == [("Lin", "typing")]
    assert lin("DELETE", f"{desk.one}/looking").status_code == 204
    assert mei("GET", desk.one).json()["looking"] == []


def test_what_is_read_stays_read(desk):
    """A mark never goes back."""
    lin = desk.agent()
    assert lin("GET", desk.one).json()["unread"] == 1
    for position in (1, 0):
        assert lin("PUT", f"{desk.one}/read", {"position": position}).status_code == 204
    assert (lin("GET", desk.one).json()["unread"], lin("GET", desk.one).json()["read_until"]) == (0, 1)


def test_tags_and_fields_are_defined_and_used(desk):
    """A lead defines, an agent uses; what does not fit is refused in words."""
    lead, lin = signed_in(person("lead", "lead", teams=[desk.team.id])), desk.agent()
    tag = lead("POST", f"{ROOM}/tags", {"name": "退款", "colour": "orange"}).json()
    field = {"key": "copies", "names": {"zh-Hans": "份数", "en": "Copies"}, "kind": "number"}
    made = lead("POST", f"{ROOM}/fields", field)
    assert made.status_code == 201, made.content
    changed = lin("PATCH", desk.one, {"tags_add": [tag["id"]], "fields": {"copies": 2}}).json()
    assert ([one["name"] for one in changed["tags"]], changed["fields"]) == (["退款"], {"copies": 2})
    refused = lin("PATCH", desk.one, {"fields": {"copies": "two"}})
    assert refused.status_code == 422
    assert lead("PATCH", f"{ROOM}/tags/{tag['id']}", {"archived": True}).json()["archived_at"]
    assert lin("GET", f"{ROOM}/tags").json() == []
    assert [one["name"] for one in lin("GET", desk.one).json()["tags"]] == ["退款"]


def test_a_conversation_that_we_begin(desk):
    """With a customer one knows; of another team's customer one learns nothing."""
    mine = f"{desk.row().customer_id}"
    lin = desk.agent()
    opened = lin("POST", ROOM, {"customer": mine, "channel": "email", "subject": "Refund", "text": "It is paid."})
    assert (opened.status_code, opened.json()["status"]) == (201, "waiting_customer"), opened.content
    stranger = build.customer("Stranger")
    refused = lin("POST", ROOM, {"customer": str(stranger.id), "channel": "email", "text": "Hello"})
    assert (refused.status_code, refused.json()["type"]) == (404, "/errors/customers-no-such-customer")


def test_what_lies_out_of_reach_is_not_there(desk):
    """Whatever one tries with it, one learns no more than that."""
    stranger = signed_in(person("away", teams=[build.team("Away").id]))
    tries = [
        *(("GET", address, None) for address in ("", "/messages", "/history", "/links")),
        *(("POST", address, None) for address in ("/take", "/unmerge")),
        *(("POST", address, {"text": "Hello"}) for address in ("/messages", "/notes")),
        *(("PUT", "/read", {"position": 1}), ("PUT", "/looking", {}), ("PUT", "/following", None)),
        *(("PATCH", "", {"priority": "low"}), ("POST", "/merge", {"into": str(desk.id)})),
    ]
    for method, address, body in tries:
        answer = stranger(method, desk.one + address, body)
        assert (answer.status_code, answer.json()["type"]) == (404, "/errors/conversations-no-such-conversation")


def test_a_channel_reports_how_far_a_message_got(desk):
    """An older report changes nothing."""
    sent = desk.agent()("POST", f"{desk.one}/messages", {"text": "It is on its way."}).json()
    there = f"{ROOM}/messages/{sent['id']}/delivery"
    reports = [Browser()("PUT", there, {"state": state}, **desk.program).json() for state in ("delivered", "sent")]
    assert [report["is_news"] for report in reports] == [True, False]
    assert desk.agent()("GET", f"{desk.one}/messages").json()["items"][0]["delivery"] == "delivered"


def test_what_it_is_about(desk):
    """Said by a person; told in the history."""
    shown = desk.agent()("PUT", f"{desk.one}/classification", {"contact_type": "complaint", "sentiment": "negative"})
    assert (shown.json()["contact_type"], shown.json()["sentiment"]) == ("complaint", "negative")


def test_pages_of_messages_go_both_ways(desk):
    """From the newest back, from the middle both ways, none twice and none left out."""
    for number in range(2, 31):
        actions.receive(SYSTEM, build.inbound(f"message {number}", conversation=desk.id))
    lin = desk.agent()
    there = f"{desk.one}/messages?limit=7"
    page, seen = lin("GET", there).json(), []
    assert page["previous"] is None
    while True:
        seen += [message["position"] for message in page["items"]]
        if page["next"] is None:
            break
        page = lin("GET", f"{there}&cursor={page['next']}").json()
    assert seen == list(range(30, 0, -1))
    middle = lin("GET", f"{there}&position=15").json()
    assert [message["position"] for message in middle["items"]] == [18, 17, 16, 15, 14, 13, 12]
    newer = lin("GET", f"{there}&cursor={middle['previous']}").json()
    assert [message["position"] for message in newer["items"]] == [25, 24, 23, 22, 21, 20, 19]
    assert lin("GET", f"{there}&cursor={middle['next']}").json()["items"][0]["position"] == 11
    assert lin("GET", f"{ROOM}/{desk.id}/messages?position=31").status_code == 404


def test_a_long_history_comes_page_by_page(desk):
    """All of it, once, in its order, also of what was merged into it."""
    gone = actions.receive(SYSTEM, build.inbound("Another", team=desk.team.id)).conversation_id
    for number in range(6):
        actions.note(SYSTEM, (desk.id, gone)[number % 2], text=f"note {number}")
    actions.merge(SYSTEM, gone, desk.id, anyway=True)
    lin, address = desk.agent(), f"{desk.one}/history"
    whole = lin("GET", address).json()
    assert whole["next"] is None
    assert len(whole["items"]) > 9
    pages, cursor = [], ""
    while cursor is not None:
        page = lin("GET", f"{address}?limit=4{cursor and '&cursor='}{cursor}").json()
        assert len(page["items"]) <= 4
        pages += page["items"]
        cursor = page["next"]
    assert pages == whole["items"]
    assert lin("GET", f"{desk.one}/messages?cursor=x").status_code == lin("GET", f"{address}?cursor=x").status_code


def test_of_very_many_followers_and_links_the_first_are_shown(desk, monkeypatch):
    """And it is said that there are more; whether one follows it oneself is told all the same."""
    monkeypatch.setattr(shown, "MOST", 2)
    lin = desk.agent()
    for number in range(3):
        actions.follow(SYSTEM, desk.id, person(f"f{number}", teams=[desk.team.id]).id)
        other = actions.receive(SYSTEM, build.inbound(f"Another {number}", team=desk.team.id)).conversation_id
        actions.link(SYSTEM, desk.id, other)
    actions.follow(SYSTEM, desk.id, desk.lin.id)
    told = lin("GET", desk.one).json()
    assert [len(told[name]) for name in ("followers", "links", "merged")] == [2, 2, 0]
    assert (told["more"], told["following"]) == (["followers", "links"], True)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("", 12),  # session, user, teams; the row; access; the row with its names; and one each: tags ... merged
        ("/messages", 11),  # the first three; the row; access; the family; messages with files; who wrote
        ("/history", 13),
    ],
)
def test_few_statements_however_much_there_is(desk, address, most):
    """As many for forty messages, ten followers and five links as for one of each."""
    lin = desk.agent()
    counts = [_statements(lin, desk.one + address)]
    for number in range(40):
        actions.receive(SYSTEM, build.inbound(f"message {number}", conversation=desk.id))
    for number in range(10):
        actions.follow(SYSTEM, desk.id, person(f"f{number}", teams=[desk.team.id]).id)
    for number in range(5):
        other = actions.receive(SYSTEM, build.inbound(f"Another {number}", team=desk.team.id))
        actions.link(SYSTEM, desk.id, other.conversation_id)
    counts.append(_statements(lin, desk.one + address))
    assert max(counts) <= most, counts
    assert counts[1] <= counts[0] + 2, counts  # kinds of rows that were not there before


def _statements(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert browser("GET", address).status_code == 200
    return len(caught)


def test_sixteen_at_once_with_one_key_are_one(transactional_db):
    """The same Idempotency-Key through HTTP: each gets the same answer, and there is one message."""
    desk = Desk()
    body = {"text": "Hello", "identities": [WANG], "channel": "api"}
    headers = {**desk.program, "Idempotency-Key": "abc"}
    answers = at_once(16, lambda number: Browser()("POST", f"{ROOM}/incoming", body, **headers))
    assert [answer.status_code for answer in answers] == [201] * 16, answers
    assert len({answer.json()["message"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 15
    assert Message.objects.exclude(conversation=desk.id).count() == 1


def test_sixteen_at_once_with_one_external_id_are_one(transactional_db):
    """Without any key: one is new, the others are repeats of it."""
    desk = Desk()
    one = {"text": "Hello", "identities": [WANG], "source": "shop", "external_id": "m-1"}
    answers = at_once(16, lambda number: desk.incoming(**one))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201], answers
    assert len({answer.json()["message"] for answer in answers}) == 1
    assert Message.objects.exclude(conversation=desk.id).count() == 1


def test_sixteen_agents_take_at_once_and_one_has_it(transactional_db):
    """The others are told who."""
    desk = Desk()
    crowd = [signed_in(person(f"a{number}", teams=[desk.team.id])) for number in range(16)]
    answers = at_once(16, lambda number: crowd[number]("POST", f"{desk.one}/take"))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 15, answers
    (winner,) = [answer.json()["assignee"]["name"] for answer in answers if answer.status_code == 200]
    assert {answer.json()["agent"] for answer in answers if answer.status_code == 409} == {winner}


def test_a_time_without_a_zone_is_asked_for_its_zone(desk):
    """Nine in the morning is another moment elsewhere."""
    answer = desk.agent()("PATCH", desk.one, {"snoozed_until": "2030-12-01T09:00:00"})
    assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, "snoozed_until")
    assert "时区" in answer.json()["fields"][0]["sentence"]

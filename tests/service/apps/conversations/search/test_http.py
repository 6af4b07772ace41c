"""Search over HTTP: the same as in the room, in a form for screens and programs, and never a fault of ours."""

import pytest
from tests.service.apps.conversations.search.helpers import indexed, written
from tests.service.apps.people.helpers import signed_in

PLACE = "/api/v1/conversations/search"


@pytest.fixture
def browser(desk):
    return signed_in(desk.boss)


def asked(browser, **values):
    """Return the answer to a search."""
    from urllib.parse import urlencode

    return browser("GET", f"{PLACE}?{urlencode(values, errors='surrogatepass')}")


def test_it_works(desk, browser):
    """A conversation as in a list, and where the words stand."""
    one = written(desk, "我要退款，谢谢")
    indexed()
    answer = asked(browser, words="退款").json()
    (item,) = answer["items"]
    assert (item["conversation"]["id"], item["conversation"]["team"]["name"]) == (str(one), "Front desk")
    (message,) = item["messages"]
    assert (message["text"], message["spans"], message["kind"]) == ("我要退款，谢谢", [[2, 4]], "public")
    assert {key: answer[key] for key in ("next", "total", "more", "match", "hints")} == {
        "next": None,
        "total": 1,
        "more": False,
        "match": "all",
        "hints": [],
    }


def test_filters_are_those_of_the_lists(desk, browser):
    """But nothing is left out unasked: closed ones are found."""
    one = written(desk, "退款")
    other = written(desk, "退款", "li@example.com", channel="chat")
    from servewell.apps.conversations.models import Conversation

    Conversation.objects.filter(pk=one).update(status="closed", priority=4)
    indexed()
    customer = Conversation.objects.get(pk=other).customer_id
    for values, expected in (
        ({}, {one, other}),
        ({"status": "closed"}, {one}),
        ({"status": "open"}, {other}),
        ({"channel": "chat"}, {other}),
        ({"priority": "urgent"}, {one}),
        ({"team": desk.team.id}, {one, other}),
        ({"team": desk.other_team.id}, set()),
        ({"assignee": "none"}, {one, other}),
        ({"assignee": "me"}, set()),
        ({"customer": customer}, {other}),
        ({"customer": desk.boss.id}, set()),
        ({"created_before": "2020-01-01T00:00:00Z"}, set()),
        ({"created_from": "2020-01-01T00:00:00Z"}, {one, other}),
        ({"attachments": "true"}, set()),
        ({"attachments": "false"}, {one, other}),
        ({"tag": desk.boss.id}, set()),
        ({"following": "true"}, set()),
        ({"mentioned": "true"}, set()),
        ({"snoozed": "only"}, set()),
        ({"snoozed": "no"}, {one, other}),
        ({"unread": "true"}, {one, other}),
        ({"where": "notes"}, set()),
    ):
        answer = asked(browser, words="退款", **values)
        assert {item["conversation"]["id"] for item in answer.json()["items"]} == {*map(str, expected)}, values


@pytest.mark.parametrize("words", ["", "?!，。", "\x00", "\ud800", '"', "%", "👍", "'; select 1", "退款" * 400])
def test_whatever_is_typed_is_answered(browser, words):
    """With a result, or with a sentence."""
    answer = asked(browser, words=words)
    assert answer.status_code == 200, answer.content
    assert answer.json()["hints"] or answer.json()["items"]


def test_ten_thousand_characters_are_refused_kindly(browser):
    """In the person's language."""
    answer = asked(browser, words="退" * 10_000)
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/conversations-search-too-long")
    assert "1000" in answer.json()["title"]


def test_a_made_up_cursor_is_refused(browser):
    """And one of another search."""
    assert asked(browser, words="退款", cursor="x").json()["type"] == "/errors/base-bad-cursor"


def test_who_searches_is_remembered(desk, browser):
    """One row a page: names and texts are shown."""
    from servewell.apps.journal.models import Access

    written(desk, "退款")
    indexed()
    asked(browser, words="退款")
    assert [(row.what, row.actor) for row in Access.objects.all()] == [("conversation.search", desk.boss.id)]

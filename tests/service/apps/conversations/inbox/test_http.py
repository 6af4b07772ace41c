"""Do lists, counts, views and changes in one go work from outside, and is nonsense refused with a sentence?"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.service.apps.conversations.desk import Desk, row
from tests.service.apps.people.helpers import Browser, signed_in

from servewell.apps.base import texts
from servewell.apps.conversations.errors import BadChange
from servewell.apps.conversations.inbox.http import ConversationPage
from servewell.apps.conversations.inbox.orders import ORDERS
from servewell.apps.conversations.refusals import ORDER_CODES, OrderNotPossible
from servewell.apps.journal.models import Access

LIST = "/api/v1/conversations"


@pytest.fixture(autouse=True)
def _quick(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def lin(desk: Desk) -> Browser:
    desk.lin.language = "en"
    desk.lin.save()
    return signed_in(desk.lin)


@pytest.fixture
def cases(desk: Desk) -> list[UUID]:
    return [desk.received(f"Parcel {number}", external_id=str(number), subject="包裹 📦") for number in range(3)]


def test_a_page_keeps_to_its_schema_though_nobody_checks_it_when_it_is_sent(lin: Browser, cases: list[UUID]) -> None:
    """Every member, no other one, times in UTC with a Z."""
    answer = lin("GET", f"{LIST}?view=unassigned")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json; charset=utf-8")
    page = ConversationPage.model_validate_json(answer.content)
    assert [item.id for item in page.items] == cases
    for shown, item in zip(answer.json()["items"], page.items, strict=True):
        assert shown.keys() == type(item).model_fields.keys()
        assert shown["created_at"].endswith("Z")
    assert (page.items[0].subject, page.next, page.partial, page.order) == ("包裹 📦", None, False, "due")


def test_a_page_takes_five_statements_and_is_remembered(lin: Browser, desk: Desk, cases: list[UUID]) -> None:
    """Session, person, teams; then the list, and that its names were shown."""
    with CaptureQueriesContext(connection) as captured:
        lin("GET", f"{LIST}?view=all&priority=normal&unread=true")
    assert len(captured) == 5
    assert list(Access.objects.values_list("actor", "what")) == [(desk.lin.id, "conversation.list")]


def test_the_address_narrows_a_view_and_orders_it(lin: Browser, cases: list[UUID]) -> None:
    """A list is a parameter that is repeated; a saved view is named by its id."""
    lin("PATCH", f"{LIST}/{cases[1]}", {"priority": "urgent"})
    found = lin("GET", f"{LIST}?view=teams&priority=urgent&priority=low").json()["items"]
    assert [item["id"] for item in found] == [str(cases[1])]
    newest = lin("GET", f"{LIST}?view=teams&order=number").json()
    assert [item["id"] for item in newest["items"]] == [str(case) for case in cases[::-1]]
    saved = lin("POST", f"{LIST}/views", {"name": "急", "filters": {"priority": ["urgent"]}}).json()
    assert len(lin("GET", f"{LIST}?view={saved['id']}").json()["items"]) == 1
    assert {"view": saved["id"], "name": "急", "count": 1, "more": False} in lin("GET", f"{LIST}/counts").json()
    assert lin("GET", f"{LIST}?view=all&status=closed").json() == {
        "items": [],
        "next": None,
        "partial": False,
        "order": "newest",
    }


@pytest.mark.parametrize(
    "address",
    [
        "status=lost",
        "priority=9",
        "team=none-of-these",
        "assignee=%00",
        "field=plan",
        "language=%00",
        "waiting_over_s=-1",
        "waiting_over_s=nan",
        "waiting_over_s=1e300",
        "created_from=yesterday",
        "order=random",
        "view=" + "x" * 50,
        "&".join(["channel=chat"] * 51),
        "field=plan:" + "x" * 400,
    ],
)
def test_an_address_that_cannot_be_understood_is_refused_with_a_sentence(lin: Browser, address: str) -> None:
    """422, and which field it is about."""
    answer = lin("GET", f"{LIST}?{address}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["fields"][0]["sentence"]


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("view=nothing", 404, "conversations-no-such-view"),
        ("status=closed&order=due", 422, "conversations-order-not-possible"),
        ("cursor=x", 400, "base-bad-cursor"),
        (f"cursor={quote('é' * 3000)}", 400, "base-bad-cursor"),
    ],
)
def test_what_is_not_there_is_said_so(lin: Browser, address: str, status: int, kind: str) -> None:
    """By name."""
    answer = lin("GET", f"{LIST}?{address}")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/errors/{kind}")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-10T12:00:00"])
def test_moments_at_the_ends_of_time_are_only_moments(lin: Browser, moment: str) -> None:
    """As what the filters are asked with."""
    assert lin("GET", f"{LIST}?created_from={moment}&updated_before={moment}").status_code == 200


@pytest.mark.parametrize("name", ["x" * 300, "", "\x00", 7])
def test_a_name_that_no_view_can_have_is_refused(lin: Browser, name: Any) -> None:
    """Too long, none, nothing that could be read, not a text."""
    answer = lin("POST", f"{LIST}/views", {"name": name})
    assert answer.status_code == 422, answer.content


@pytest.mark.parametrize(("name", "kept"), [("a\x00b", "ab"), ("\ud800", "\ufffd"), ("a\n b\t", "a b")])
def test_a_name_loses_what_no_database_keeps(lin: Browser, name: str, kept: str) -> None:
    """And is kept in one line."""
    assert lin("POST", f"{LIST}/views", {"name": name}).json()["name"] == kept


def test_filters_of_a_view_are_held_to_their_form(lin: Browser) -> None:
    """What a list would refuse is not kept; nor what it does not know."""
    for filters in ({"status": ["lost"]}, {"colour": "red"}, {"team": "mine"}, []):
        answer = lin("POST", f"{LIST}/views", {"name": "Odd", "filters": filters})
        assert answer.status_code == 422, filters


def test_many_are_changed_and_put_back(lin: Browser, cases: list[UUID], desk: Desk) -> None:
    """Those that were chosen, with the version that was seen; or all that a view holds."""
    chosen = [{"id": str(case), "version": row(case).version} for case in cases[:2]]
    done = lin("POST", f"{LIST}/bulk", {"conversations": chosen, "change": {"assignee": "me"}}).json()
    assert (done["changed"], done["refused"]) == (2, [])
    assert row(cases[0]).assignee_id == desk.lin.id
    more = lin("POST", f"{LIST}/bulk", {"view": "mine", "change": {"assignee": None, "priority": "high"}}).json()
    assert more["changed"] == 2
    again = lin("POST", f"{LIST}/bulk", {"conversations": chosen, "change": {"priority": "low"}}).json()
    assert (again["changed"], len(again["refused"])) == (0, 2)
    assert again["refused"][0]["sentence"]
    undone = lin("POST", f"{LIST}/bulk/{more['operation']}/undo").json()
    assert (undone["changed"], row(cases[0]).assignee_id) == (2, desk.lin.id)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"conversations": [], "change": {"priority": "high"}}, 422),
        ({"change": {"priority": "high"}}, 422),
        ({"filters": {}, "change": {}}, 422),
        ({"filters": {}, "change": {"priority": "enormous"}}, 422),
        ({"view": "nothing", "change": {"priority": "high"}}, 404),
        ({"filters": {}, "change": {"snoozed_until": "2001-01-01T00:00:00"}}, 200),  # each is refused on its own
    ],
)
def test_a_change_that_is_none_is_refused(lin: Browser, cases: list[UUID], body: Any, status: int) -> None:
    """With a sentence; what only single conversations cannot take is said of each."""
    answer = lin("POST", f"{LIST}/bulk", body)
    assert answer.status_code == status, answer.content
    if status == 200:
        assert (answer.json()["changed"], len(answer.json()["refused"])) == (0, 3)


def test_reading_one_conversation_takes_a_fixed_number_of_statements_and_is_remembered(
    lin: Browser, desk: Desk, cases: list[UUID]
) -> None:
    """However many messages it has: one row in the access log for the conversation, one for its messages."""
    counted = []
    for more in (0, 12):
        for number in range(more):
            desk.received(f"More {number}", external_id=f"m{number}", conversation=cases[0])
        with CaptureQueriesContext(connection) as captured:
            assert lin("GET", f"{LIST}/{cases[0]}").status_code == 200
            assert lin("GET", f"{LIST}/{cases[0]}/messages").status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 24
    customer = row(cases[0]).customer_id
    assert list(Access.objects.order_by("at").values_list("actor", "subject", "what"))[:2] == [
        (desk.lin.id, customer, "conversation.read"),
        (desk.lin.id, customer, "conversation.messages"),
    ]


def test_refusals_name_things_in_words() -> None:
    """Not by the codes of the API, in either language; the body keeps the codes."""
    order = OrderNotPossible(order="due", possible="newest, oldest")
    assert order.sentence("zh-Hans") == "这个列表不能按“最先到期”排序。请选择：最新在前、最早在前。"
    assert "“what is due next”" in order.sentence("en")
    assert (order.problem("en")["order"], order.problem("en")["possible"]) == ("due", "newest, oldest")
    assert BadChange(what="channel").sentence("zh-Hans").startswith("“渠道”")
    assert {*ORDER_CODES} == {*ORDERS}
    for code in ("channel", "status", "priority", "kind", "delivery", "sentiment", "contact_type", "urgency"):
        assert texts.known(f"conversations.value.{code}")

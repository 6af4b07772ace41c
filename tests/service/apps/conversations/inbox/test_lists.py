"""Does each list hold what it says, all of it, once, in its order, and nothing that is not for the eyes of who asks?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.conversations.inbox.rows import KEYS, Many, reached, walked

from servewell.apps.base import clock
from servewell.apps.base.errors import BadCursor
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox import counts, lists, walks
from servewell.apps.conversations.inbox.builtin import VIEWS, View
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.models import (
    ACTIVE,
    Conversation,
    Follower,
    Looking,
    Message,
    ReadMark,
)
from servewell.apps.conversations.refusals import OrderNotPossible
from servewell.apps.people.errors import NotAllowed

Wanted = Callable[[Conversation, Principal], bool]
WHO = ("one", "two", "none", "boss")


@pytest.fixture
def many(db: None) -> Many:
    return Many()


def _in_inbox(row: Conversation) -> bool:
    return row.status in ACTIVE and row.snoozed_until is None


def _my_team(row: Conversation, who: Principal) -> bool:
    return row.team_id in who.teams or (who.role == "manager" and not who.teams)


OF_VIEWS: dict[str, Wanted] = {
    "mine": lambda row, who: _in_inbox(row) and row.assignee_id == who.id,
    "unassigned": lambda row, who: _in_inbox(row) and row.assignee_id is None and _my_team(row, who),
    "teams": lambda row, who: _in_inbox(row) and _my_team(row, who),
    "all": lambda row, who: _in_inbox(row),
    "snoozed": lambda row, who: row.status in ACTIVE and row.snoozed_until is not None,
    "waiting_us": lambda row, who: _in_inbox(row) and row.status != "waiting_customer",
    "waiting_customer": lambda row, who: _in_inbox(row) and row.status == "waiting_customer",
    "solved": lambda row, who: row.status == "solved" and row.solved_at > clock.now() - timedelta(days=7),
    "everything": lambda row, who: True,
}


@pytest.mark.parametrize("who", WHO)
def test_each_view_holds_what_the_slow_way_finds(many: Many, who: str) -> None:
    """For an agent of one team, of two, of none, and for a manager; page by page."""
    principal = getattr(many, who).principal()
    for view, wanted in OF_VIEWS.items():
        listed = VIEWS[view]
        expected = [row for row in many.rows if reached(row, principal) and wanted(row, principal)]
        expected.sort(key=KEYS[listed.order])
        assert walked(principal, listed.filters, listed.order, 20) == [row.id for row in expected], view


Keeps = Callable[[Conversation, Many], bool]
# What is asked for, and what it keeps; of the inbox where no status is named.
FILTERS: list[tuple[dict[str, Any], Keeps]] = [
    ({"status": ["open", "closed"], "snoozed": "any"}, lambda row, many: row.status in ("open", "closed")),
    ({"status": ["closed"], "assignee": ["none"]}, lambda row, many: (row.status, row.assignee) == ("closed", None)),
    ({"priority": ["urgent", "low"]}, lambda row, many: row.priority in (1, 4)),
    ({"channel": ["phone"], "language": ["en"]}, lambda row, many: (row.channel, row.language) == ("phone", "en")),
    ({"contact_type": ["complaint"]}, lambda row, many: row.contact_type == "complaint"),
    ({"sentiment": ["negative", "positive"]}, lambda row, many: row.sentiment is not None),
    ({"due": ["breached"]}, lambda row, many: row.due_state == "breached"),
    ({"field": ["plan:gold"]}, lambda row, many: row.fields == {"plan": "gold"}),
    ({"waiting_over_s": 3.5 * 3600}, lambda row, many: bool(row.waiting_since) and row.waiting_since < many.ago(3.5)),
    ({"waiting": True}, lambda row, many: row.waiting_since is not None),
    ({"waiting": False}, lambda row, many: row.waiting_since is None),
    ({"unread": False}, lambda row, many: False),
    ({"unread": True}, lambda row, many: True),
    ({"attachments": True}, lambda row, many: False),
    ({"attachments": False}, lambda row, many: True),
    ({"assignee": ["me", "none"]}, lambda row, many: row.assignee_id in (None, many.two.id)),
    ({"assignee": ["none"]}, lambda row, many: row.assignee_id is None),
    ({"team": ["none"]}, lambda row, many: row.team_id is None),
    ({"team": ["none", "mine"]}, lambda row, many: row.team_id in (None, many.teams[0].id, many.teams[1].id)),
]


@pytest.mark.parametrize("role", ["agent", "manager"])
def test_each_filter_keeps_what_the_slow_way_keeps(many: Many, role: str) -> None:
    """And no filter widens what somebody may read."""
    principal = replace(many.two.principal(), role=role)
    for given, keeps in FILTERS:
        rows = [row for row in many.rows if reached(row, principal) and ("status" in given or _in_inbox(row))]
        expected = {row.id for row in rows if keeps(row, many)}
        found = walked(principal, Filters(**given), limit=20)
        assert (set(found), len(found)) == (expected, len(expected)), given


@pytest.mark.parametrize("rare", [0, 1000])  # rows that are few enough to be sorted: none, or all of them
@pytest.mark.parametrize("look", [25, 3000])  # rows that a walk asks: it stops often, or never
def test_both_plans_and_pages_that_stop_early_find_the_same(many: Many, monkeypatch: Any, rare: int, look: int) -> None:
    """Tags (any and all), a customer with those merged with them, and a facet, together with an order."""
    monkeypatch.setattr(walks, "RARE", rare)
    monkeypatch.setattr(walks, "LOOK", look)
    monkeypatch.setattr(walks, "LEAST_LOOK", look)
    first, second = many.customers[:2]
    second.merged_into_id, second.root_id = first.id, first.id
    second.save()
    one, two = many.tags[0].id, many.tags[1].id
    cases: list[tuple[Filters, Callable[[Conversation], bool]]] = [
        (Filters(tag=[one, two]), lambda row: bool({one, two} & set(row.tags))),
        (Filters(tag_all=[one, two]), lambda row: {one, two} <= set(row.tags)),
        (Filters(customer=second.id), lambda row: row.customer_id in (first.id, second.id)),
        (Filters(priority=["high"], channel=["chat"]), lambda row: (row.priority, row.channel) == (3, "chat")),
    ]
    for principal in (many.two.principal(), many.boss.principal()):
        for filters, keeps in cases:
            for order in ("due", "newest", "oldest", "waiting", "priority", "number"):
                rows = [row for row in many.rows if reached(row, principal) and _in_inbox(row) and keeps(row)]
                expected = sorted(rows, key=KEYS[order])
                assert walked(principal, filters, order, 20) == [row.id for row in expected], (filters, order)


def test_a_page_says_when_it_stopped_looking(many: Many, monkeypatch: Any) -> None:
    """So that an empty page is not taken for an empty list."""
    monkeypatch.setattr(walks, "LEAST_LOOK", 3)
    monkeypatch.setattr(walks, "LOOK", 3)
    page = lists.page(many.boss.principal(), Filters(field=["plan:none"]))
    assert (page.items, page.partial) == ([], True)
    assert page.next is not None


def test_old_work_under_much_that_is_newer_is_on_the_first_page(many: Many, monkeypatch: Any) -> None:
    """More than is sorted, behind what a walk asks: of a tag it is walked on, of a customer never past others."""
    for name, rows in (("RARE", 5), ("LOOK", 40), ("LEAST_LOOK", 40)):
        monkeypatch.setattr(walks, name, rows)
    Conversation.objects.update(status="open", snoozed_until=None, tags=[], customer=many.customers[0])
    old = [row.id for row in many.rows[:8]]
    long_ago = many.ago(10_000)
    Conversation.objects.filter(pk__in=old).update(
        tags=[many.tags[0].id], customer=many.customers[1], last_message_at=long_ago, next_due_at=None
    )
    Conversation.objects.exclude(pk__in=old).update(next_due_at=many.now)
    boss = many.boss.principal()
    for filters in (Filters(tag=[many.tags[0].id]), Filters(customer=many.customers[1].id)):
        for order in ("newest", "due"):
            page = lists.page(boss, filters, order)
            assert {item["id"] for item in page.items} == {*old}, (filters, order)


def test_a_customer_is_listed_in_one_statement_however_much_others_write(many: Many, monkeypatch: Any) -> None:
    """The walk begins with the customer."""
    for name in ("RARE", "LOOK", "LEAST_LOOK"):
        monkeypatch.setattr(walks, name, 9)
    theirs = many.customers[1].id
    Conversation.objects.update(customer=many.customers[0], status="open", snoozed_until=None)
    Conversation.objects.filter(pk__in=[row.id for row in many.rows[:8]]).update(customer=theirs)
    boss = many.boss.principal()
    with CaptureQueriesContext(connection) as asked:
        page = lists.page(boss, Filters(customer=theirs), "newest")
    assert (len(page.items), page.next, len(asked)) == (8, None, 1)


def test_many_views_share_what_they_look_at(many: Many, monkeypatch: Any) -> None:
    """Fifty views that nothing meets look at no more rows together than the budget says, and say that they stopped."""
    monkeypatch.setattr(counts, "LOOK_TOGETHER", 500)
    filters = Filters(unread=True, attachments=True, field=["plan:none"])
    views = [View(f"v{number}", filters, "due") for number in range(50)]
    boss = many.boss.principal()
    with CaptureQueriesContext(connection) as asked:
        counted = counts.count(boss, views)
    assert all((one.count, one.more) == (0, True) for one in counted)
    with connection.cursor() as cursor:
        cursor.execute("explain (analyze, format json) " + asked.captured_queries[0]["sql"])
        ((plan,),) = cursor.fetchall()
    assert 0 < _looked_at(plan[0]["Plan"]) <= 600


def _looked_at(node: dict[str, Any]) -> float:
    """Return how many rows the bounded walks handed on."""
    here = node["Actual Rows"] * node["Actual Loops"] if node["Node Type"] == "Limit" else 0.0
    return here + sum(_looked_at(below) for below in node.get("Plans", ()))


def test_what_was_merged_is_listed_where_it_goes_on(many: Many) -> None:
    """Who followed it, or was called on in it, finds the one that goes on."""
    boss = many.boss.principal()
    Conversation.objects.update(status="open", snoozed_until=None)
    gone, other, survivor = (row.id for row in many.rows[:3])
    Follower.objects.create(conversation_id=gone, user=many.boss)
    Message.objects.create(
        conversation_id=other, position=1, kind="note", author_kind="agent", text="!", mentions=[many.boss.id]
    )
    Conversation.objects.filter(pk__in=[gone, other]).update(merged_into=survivor)
    for filters in (Filters(following=True), Filters(mentioned=True), Filters(following=True, mentioned=True)):
        assert [item["id"] for item in lists.page(boss, filters).items] == [survivor], filters


def test_what_is_inserted_between_two_pages_makes_nothing_come_twice_or_be_left_out(many: Many) -> None:
    """A cursor is a place in the order, not a number of rows."""
    boss = many.boss.principal()
    first = lists.page(boss, Filters(), "newest", None, 20)
    newest = many.rows[0]
    Conversation.objects.create(customer=many.customers[0], channel="chat", last_message_at=clock.now())
    Conversation.objects.filter(pk=first.items[-1]["id"]).delete()
    second = lists.page(boss, Filters(), "newest", first.next, 20)
    expected = sorted((row for row in many.rows if _in_inbox(row)), key=KEYS["newest"])
    assert [item["id"] for item in second.items] == [row.id for row in expected[20:40]]
    assert newest is many.rows[0]


def test_what_somebody_follows_and_is_called_on_in_is_listed(many: Many) -> None:
    """Also where it is in none of their teams' hands, but never what they may not read."""
    principal = many.one.principal()
    mine = next(r for r in many.rows if _in_inbox(r) and r.team_id == many.teams[0].id)
    foreign = next(r for r in many.rows if _in_inbox(r) and not reached(r, principal))
    for row in (mine, foreign):
        Follower.objects.create(user=many.one, conversation=row)
        Message.objects.create(
            conversation=row, position=9, kind="note", author_kind="agent", delivery="none", mentions=[many.one.id]
        )
    assert walked(principal, VIEWS["following"].filters) == [mine.id]
    assert walked(principal, VIEWS["mentioned"].filters) == [mine.id]
    assert walked(many.two.principal(), VIEWS["mentioned"].filters) == []


def test_a_row_tells_all_that_a_list_shows(many: Many) -> None:
    """The name of the customer that goes on, tags by name, what was not read, and who else has it open just now."""
    row = next(r for r in many.rows if _in_inbox(r) and r.team_id == many.teams[0].id and r.assignee_id == many.two.id)
    kept = build.customer("The one that goes on", tier="gold")
    row.customer.__class__.objects.filter(pk=row.customer_id).update(root_id=kept.id, merged_into=kept)
    Conversation.objects.filter(pk=row.pk).update(
        tags=[many.tags[1].id, many.tags[0].id], subject="Parcel", preview="Hi"
    )
    ReadMark.objects.create(user=many.one, conversation=row, position=1)
    now = clock.now()
    Looking.objects.create(user=many.two, conversation=row, state="typing", seen_at=now)
    Looking.objects.create(user=many.boss, conversation=row, seen_at=now - timedelta(minutes=2))
    page = lists.page(many.one.principal(), Filters(), limit=500)
    shown = next(item for item in page.items if item["id"] == row.id)
    assert shown["customer"] == {"id": kept.id, "name": "The one that goes on", "tier": "gold"}
    assert (shown["subject"], shown["preview"], shown["unread"]) == ("Parcel", "Hi", 2)
    assert [tag["name"] for tag in shown["tags"]] == ["tag 0", "tag 1"]
    assert shown["team"] == {"id": many.teams[0].id, "name": "One"}
    assert shown["assignee"] == {"id": many.two.id, "name": "Two"}
    assert [(one["name"], one["state"]) for one in shown["looking"]] == [("Two", "typing")]


def test_a_page_is_one_statement(many: Many) -> None:
    """Whatever is listed, to whomever."""
    for who in WHO:
        principal = getattr(many, who).principal()
        for view in VIEWS.values():
            with CaptureQueriesContext(connection) as captured:
                lists.page(principal, view.filters, view.order)
            assert len(captured) == 1, (who, view.id)


def test_counts_stop_at_99_and_agree_with_the_lists(many: Many) -> None:
    """All of them in one statement; what is in two walks counts once."""
    for who in WHO:
        principal = getattr(many, who).principal()
        with CaptureQueriesContext(connection) as captured:
            found = counts.count(principal, list(VIEWS.values()))
        assert len(captured) == 1
        for count in found:
            there = len(walked(principal, VIEWS[count.id].filters, VIEWS[count.id].order, 50))
            assert (count.count, count.more) == (min(there, 99), there > 99), (who, count)


def test_what_was_merged_away_is_in_no_list(many: Many) -> None:
    """The conversation that goes on is."""
    gone, stays = [row for row in many.rows if _in_inbox(row)][:2]
    Conversation.objects.filter(pk=gone.pk).update(merged_into=stays)
    for view in ("all", "everything"):
        found = walked(many.boss.principal(), VIEWS[view].filters)
        assert (gone.id in found, stays.id in found) == (False, True)


def test_an_order_that_no_index_has_is_refused_with_those_that_there_are(many: Many) -> None:
    """Closed conversations have no promise to break."""
    with pytest.raises(OrderNotPossible) as refused:
        lists.page(many.boss.principal(), Filters(status=["closed"]), "due")
    assert "newest first, oldest first" in str(refused.value)


def test_a_cursor_of_another_list_is_refused(many: Many) -> None:
    """It would start anywhere."""
    page = lists.page(many.boss.principal(), Filters(), "due", None, 5)
    for order, cursor in (("newest", page.next), ("due", "nonsense"), ("due", f"{page.next}x")):
        with pytest.raises(BadCursor):
            lists.page(many.boss.principal(), Filters(), order, cursor)


def test_who_may_read_nothing_is_told_so(many: Many) -> None:
    """A key without the verb, or nobody."""
    key = Principal("key", many.one.id, "agent", frozenset(), scopes=frozenset(["logs.read"]))
    with pytest.raises(NotAllowed):
        lists.page(key, Filters())
    with pytest.raises(NotAllowed):
        counts.count(key, [])

"""How do two conversations become one, and two again?"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_django
from tests import build
from tests.service.apps.conversations.desk import Desk, last, row, told
from tests.together import at_once

from servewell.apps.base import clock
from servewell.apps.base.errors import AttachmentGone
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions, queries
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.attachments import access
from servewell.apps.conversations.errors import (
    ConversationChanged,
    IsClosed,
    IsMerged,
    MergedWithItself,
    NoSuchConversation,
    NotMerged,
    OtherCustomer,
)
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers.identities import Identity
from servewell.apps.people.errors import NotAllowed

STRANGER = (Identity("email", "li@example.com", verified=True),)


def said(case: UUID) -> list[str]:
    return [message.text for message in queries.stream(case)]


@pytest.fixture(autouse=True)
def _files(settings: pytest_django.Settings, tmp_path: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def one(desk: Desk) -> UUID:
    return desk.received("One", thread="t1")


@pytest.fixture
def other(desk: Desk) -> UUID:
    return desk.received("Two", thread="t2")


def test_it_works(desk: Desk, one: UUID, other: UUID) -> None:
    """Read together in the order of time; what is merged is in no inbox; what comes to it goes to the other."""
    actions.merge(desk.who("lin"), one, other)
    assert said(one) == said(other) == ["One", "Two"]
    assert (row(one).is_active, row(one).merged_into_id) == (False, other)
    assert desk.received("Three", thread="t1") == other
    assert said(other) == ["One", "Two", "Three"]
    assert (told(one)[-1], last(one, "merged")["into"]) == ("merged", str(other))
    assert last(other, "absorbed")["merged"] == str(one)


def test_undoing_it_leaves_both_as_they_were(desk: Desk, one: UUID, other: UUID) -> None:
    kept = ("status", "preview", "messages", "waiting_since", "last_message_at", "last_customer_message_at")
    before = [[getattr(row(case), name) for name in kept] for case in (one, other)]
    actions.merge(desk.who("lin"), one, other)
    actions.unmerge(desk.who("mei"), one)
    assert [[getattr(row(case), name) for name in kept] for case in (one, other)] == before
    assert (said(one), said(other)) == (["One"], ["Two"])
    assert (told(one)[-1], told(other)[-1]) == ("unmerged", "released")
    assert row(other).preview == "Two"


def test_what_was_said_in_between_stays_where_it_was_said(desk: Desk, one: UUID, other: UUID) -> None:
    actions.merge(desk.who("lin"), one, other)
    desk.received("Three", thread="t1")
    actions.unmerge(desk.who("lin"), one)
    assert (said(one), said(other)) == (["One"], ["Two", "Three"])


def test_a_question_is_not_lost_in_one_that_is_answered(desk: Desk, one: UUID, other: UUID) -> None:
    actions.reply(desk.who("lin"), other, text="Soon.")
    waiting = row(one).waiting_since
    actions.merge(desk.who("lin"), one, other)
    assert (row(other).status, row(other).waiting_since) == ("waiting_us", waiting)
    assert last(other, "absorbed")["status"] == "waiting_us"


def test_a_question_takes_up_what_was_solved(desk: Desk, one: UUID, other: UUID) -> None:
    actions.change(desk.who("lin"), other, Change(status="solved"))
    actions.merge(desk.who("lin"), one, other)
    assert (row(other).status, told(other)[-2:]) == ("waiting_us", ["absorbed", "reopened"])


def test_an_answered_one_leaves_the_others_turn_as_it_was(desk: Desk, one: UUID, other: UUID) -> None:
    actions.reply(desk.who("lin"), one, text="Soon.")
    actions.change(desk.who("lin"), other, Change(status="solved"))
    actions.merge(desk.who("lin"), one, other)
    assert row(other).status == "solved"


def test_chains_lead_to_the_last_one(desk: Desk, one: UUID, other: UUID) -> None:
    last_one = desk.received("Three", thread="t3")
    actions.merge(desk.who("lin"), one, other)
    actions.merge(desk.who("lin"), other, last_one)
    assert queries.family(one) == [last_one, *sorted([one, other])]
    assert desk.received("Four", thread="t1") == last_one
    actions.unmerge(desk.who("lin"), other)  # takes along what was merged into it
    assert (said(one), said(last_one)) == (["One", "Two"], ["Three", "Four"])


def test_into_one_that_is_merged_means_where_it_goes_on(desk: Desk, one: UUID, other: UUID) -> None:
    last_one = desk.received("Three")
    actions.merge(desk.who("lin"), one, other)
    assert actions.merge(desk.who("lin"), last_one, one).id == other
    assert row(last_one).merged_into_id == other


def test_a_circle_is_refused(desk: Desk, one: UUID, other: UUID) -> None:
    actions.merge(desk.who("lin"), one, other)
    for a, b in ((one, one), (other, other), (other, one)):
        with pytest.raises((MergedWithItself, IsMerged)):
            actions.merge(desk.who("lin"), a, b)
    assert queries.family(one) == [other, one]


def test_what_is_merged_takes_no_more_work(desk: Desk, one: UUID, other: UUID) -> None:
    """The refusal says where to go on."""
    actions.merge(desk.who("lin"), one, other)
    lin: Any = desk.who("lin")
    for attempt in (
        lambda: actions.reply(lin, one, text="x"),
        lambda: actions.note(lin, one, text="x"),
        lambda: actions.change(lin, one, Change(priority="low")),
        lambda: actions.assign(lin, one, assignee=desk.lin.id),
        lambda: actions.merge(lin, one, desk.received("Three")),
    ):
        with pytest.raises(IsMerged) as refused:
            attempt()
        assert f"#{row(other).number}" in refused.value.sentence("en")


def test_of_different_customers_only_if_one_insists(desk: Desk, one: UUID) -> None:
    theirs = desk.received("Two", identities=STRANGER)
    with pytest.raises(OtherCustomer):
        actions.merge(desk.who("lin"), one, theirs)
    actions.merge(desk.who("lin"), one, theirs, anyway=True)
    assert said(theirs) == ["One", "Two"]


def test_into_a_closed_one_nothing_goes(desk: Desk, one: UUID, other: UUID) -> None:
    actions.change(desk.who("lin"), other, Change(status="closed"))
    with pytest.raises(IsClosed):
        actions.merge(desk.who("lin"), one, other)
    actions.merge(desk.who("lin"), other, one)


def test_both_must_be_within_reach(desk: Desk, one: UUID) -> None:
    theirs = desk.received("Two", team=desk.other_team.id)
    for a, b in ((one, theirs), (theirs, one)):
        with pytest.raises(NotAllowed):
            actions.merge(desk.who("lin"), a, b)


def test_what_is_not_merged_cannot_be_undone(desk: Desk, one: UUID, other: UUID) -> None:
    with pytest.raises(NotMerged):
        actions.unmerge(desk.who("lin"), one)
    with pytest.raises(NoSuchConversation):
        actions.unmerge(desk.who("lin"), uuid4())
    with pytest.raises(NoSuchConversation):
        actions.merge(desk.who("lin"), one, uuid4())


def test_two_who_merge_crosswise_at_once_make_no_circle(transactional_db: None) -> None:
    desk = Desk()
    cases = [desk.received("One"), desk.received("Two")]
    gave = at_once(8, lambda n: actions.merge(SYSTEM, cases[n % 2], cases[(n + 1) % 2]))
    assert len([one for one in gave if isinstance(one, Conversation)]) == 1
    assert all(isinstance(one, Conversation | MergedWithItself | IsMerged) for one in gave)
    assert [row(case).merged_into_id is None for case in cases].count(True) == 1


def test_what_comes_in_while_it_is_merged_goes_where_it_goes_on(transactional_db: None) -> None:
    """Whoever comes first: nothing is lost, and nothing is written to what is merged after it was."""
    desk = Desk()
    one, other = desk.received("One", thread="t1"), desk.received("Two", thread="t2")

    def work(n: int) -> Any:
        if n == 0:
            return actions.merge(SYSTEM, one, other)
        return desk.received(f"{n}", thread="t1", external_id=f"m{n}")

    gave = at_once(9, work)
    assert not [done for done in gave if isinstance(done, Exception)]
    assert len(said(other)) == 10
    assert set(gave[1:]) <= {one, other}


def test_who_saw_it_before_the_merge_does_not_solve_what_they_have_not_read(desk: Desk, one: UUID, other: UUID) -> None:
    """Nor after it was undone: whose turn it is may be another's."""
    seen = row(other).version
    actions.merge(desk.who("lin"), one, other)
    with pytest.raises(ConversationChanged):
        actions.change(desk.who("mei"), other, Change(status="solved"), version=seen)
    seen = row(other).version
    actions.unmerge(desk.who("lin"), one)
    with pytest.raises(ConversationChanged):
        actions.change(desk.who("mei"), other, Change(status="solved"), version=seen)


def test_who_waits_is_not_hidden_in_one_that_is_put_off(desk: Desk, one: UUID, other: UUID) -> None:
    actions.snooze(desk.who("lin"), other, clock.now() + timedelta(days=1))
    actions.merge(desk.who("lin"), one, other)
    assert (row(other).snoozed_until, told(other)[-2:]) == (None, ["absorbed", "woken"])


def test_one_that_was_put_off_is_so_again_after_it_was_undone(desk: Desk, one: UUID, other: UUID) -> None:
    until = clock.now() + timedelta(days=1)
    actions.snooze(desk.who("lin"), one, until)
    actions.merge(desk.who("lin"), one, other)
    actions.unmerge(desk.who("lin"), one)
    assert row(one).snoozed_until == until
    with clock.frozen(until):
        assert actions.wake(one)


def test_who_followed_either_follows_both_until_they_end_it(desk: Desk, one: UUID, other: UUID) -> None:
    """Once in the list, also when they followed both; undoing the merge takes nothing from them."""
    for who, case in (("lin", one), ("mei", one), ("mei", other)):
        actions.follow(desk.who(who), case)
    actions.merge(desk.who("lin"), one, other)
    assert [row.user_id for row in queries.followers(other)] == [desk.lin.id, desk.mei.id]
    assert actions.unfollow(desk.who("mei"), other)
    assert [row.user_id for row in queries.followers(other)] == [desk.lin.id]
    actions.unmerge(desk.who("lin"), one)
    assert [[row.user_id for row in queries.followers(case)] for case in (one, other)] == [[desk.lin.id], []]


def test_a_file_opens_for_who_reads_where_it_goes_on(desk: Desk, one: UUID) -> None:
    """Out of a team whose conversations they do not read; and no more after it was undone."""
    file = build.attachment("slip.txt")
    theirs = desk.received("Two", team=desk.other_team.id, attachments=(actions.InboundFile(file.id),))
    with pytest.raises(AttachmentGone):
        access.readable(desk.who("lin"), file.id)
    actions.merge(SYSTEM, theirs, one)
    for who in ("lin", "far"):
        assert access.readable(desk.who(who), file.id).id == file.id
    actions.unmerge(SYSTEM, theirs)
    with pytest.raises(AttachmentGone):
        access.readable(desk.who("lin"), file.id)

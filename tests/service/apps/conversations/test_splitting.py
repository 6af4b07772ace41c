"""How does the second matter of a conversation get its own?"""

from uuid import UUID, uuid4

import pytest
from tests.service.apps.conversations.desk import Desk, last, row, told

from servewell.apps.conversations import actions, queries
from servewell.apps.conversations.errors import NoSuchMessage, NothingSplit
from servewell.apps.conversations.models import Link, Message


@pytest.fixture
def case(desk: Desk) -> UUID:
    """Asked, answered, and asked about something else."""
    case = desk.received("Where is it?", subject="Parcel", thread="t1")
    actions.reply(desk.who("lin"), case, text="On its way.")
    desk.received("And my refund?", thread="t1")
    desk.received("Please!", thread="t1")
    return case


def ids(case: UUID, *positions: int) -> list[UUID]:
    rows = Message.objects.filter(conversation=case, position__in=positions)
    return [message.id for message in rows]


def test_it_works(desk: Desk, case: UUID) -> None:
    fresh = actions.split(desk.who("lin"), case, ids(case, 3, 4), "Refund")
    assert [message.text for message in queries.stream(fresh.id)] == ["And my refund?", "Please!"]
    assert [message.text for message in queries.stream(case)] == ["Where is it?", "On its way."]
    now = row(fresh.id)
    assert (now.subject, now.status, now.messages, now.preview) == ("Refund", "open", 2, "Please!")
    assert (now.customer_id, now.team_id, now.assignee_id) == (row(case).customer_id, desk.team.id, None)
    assert [message.position for message in queries.stream(fresh.id)] == [1, 2]
    assert {message.split_from for message in queries.stream(fresh.id)} == {case}
    assert now.waiting_since == Message.objects.get(conversation=fresh, position=1).created_at


def test_the_old_one_shows_what_is_left(desk: Desk, case: UUID) -> None:
    """Its counter stays, so that no number is given twice."""
    actions.split(desk.who("lin"), case, ids(case, 3, 4))
    assert (row(case).preview, row(case).messages) == ("On its way.", 4)
    actions.reply(desk.who("lin"), case, text="Here.")
    assert sorted(Message.objects.filter(conversation=case).values_list("position", flat=True)) == [1, 2, 5]


def test_both_tell_of_it_and_are_linked(desk: Desk, case: UUID) -> None:
    fresh = actions.split(desk.who("lin"), case, ids(case, 3))
    assert (last(case, "split")["new"], last(case, "split")["messages"]) == (str(fresh.id), 1)
    assert (told(fresh.id), last(fresh.id, "opened")["split_from"]) == (["opened"], str(case))
    assert Link.objects.get().one_id == fresh.id
    assert (fresh.split_from_id, fresh.subject) == (case, "Parcel")


def test_what_was_answered_there_waits_for_the_customer(desk: Desk, case: UUID) -> None:
    fresh = actions.split(desk.who("lin"), case, ids(case, 1, 2))
    assert (row(fresh.id).status, row(fresh.id).waiting_since) == ("waiting_customer", None)
    assert row(fresh.id).first_reply_at is not None


def test_what_comes_to_the_thread_still_comes_to_the_old_one(desk: Desk, case: UUID) -> None:
    actions.split(desk.who("lin"), case, ids(case, 3, 4))
    assert desk.received("So?", thread="t1") == case


def test_some_go_and_some_stay(desk: Desk, case: UUID) -> None:
    lin, foreign = desk.who("lin"), Message.objects.get(conversation=desk.received("Else")).id
    with pytest.raises(NothingSplit):
        actions.split(lin, case, [])
    with pytest.raises(NothingSplit):
        actions.split(lin, case, ids(case, 1, 2, 3, 4))
    for strange in (uuid4(), foreign):
        with pytest.raises(NoSuchMessage):
            actions.split(lin, case, [*ids(case, 1), strange])
    assert Message.objects.filter(conversation=case).count() == 4


def test_whose_turn_it_is_in_the_old_one_follows_what_is_left(desk: Desk, case: UUID) -> None:
    """Its open question left: we wait for the customer. The answer left: they wait for us, from when they asked."""
    actions.split(desk.who("lin"), case, ids(case, 3, 4))
    assert (row(case).status, row(case).waiting_since) == ("waiting_customer", None)
    assert told(case)[-2:] == ["split", "waiting"]
    actions.split(desk.who("lin"), case, ids(case, 2))
    asked = Message.objects.get(conversation=case, position=1).created_at
    assert (row(case).status, row(case).waiting_since) == ("waiting_us", asked)


def test_what_one_of_us_decided_stays(desk: Desk, case: UUID) -> None:
    actions.change(desk.who("lin"), case, actions.Change(status="waiting_customer"))
    actions.split(desk.who("lin"), case, ids(case, 1))
    assert row(case).status == "waiting_customer"

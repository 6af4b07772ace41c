"""Who follows, looks, has read; what is linked, delivered, classified, due?"""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.service.apps.conversations.desk import Desk, last, row, told
from tests.together import heard

from servewell.apps.base import clock, direct, live
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions, queries
from servewell.apps.conversations.errors import (
    BadChange,
    CannotTake,
    LinkedToItself,
    NoSuchConversation,
    NoSuchMessage,
    OnlyPeople,
)
from servewell.apps.conversations.models import Follower, Link, Message, ReadMark
from servewell.apps.people.errors import NotAllowed


@pytest.fixture
def case(desk: Desk) -> UUID:
    return desk.received()


# --- Following ----------------------------------------------------------------------------------------------------


def test_whoever_may_read_may_follow(desk: Desk, case: UUID) -> None:
    assert actions.follow(desk.who("auditor"), case)
    assert not actions.follow(desk.who("auditor"), case)
    assert told(case).count("followed") == 1
    assert actions.unfollow(desk.who("auditor"), case)
    assert not actions.unfollow(desk.who("auditor"), case)
    assert (told(case)[-1], Follower.objects.count()) == ("unfollowed", 0)


def test_following_does_not_get_in_the_way_of_who_saves(desk: Desk, case: UUID) -> None:
    actions.follow(desk.who("lin"), case)
    assert row(case).version == 1


def test_one_can_let_a_colleague_follow_who_may_read(desk: Desk, case: UUID) -> None:
    assert actions.follow(desk.who("lin"), case, desk.mei.id)
    assert last(case, "followed")["user"] == str(desk.mei.id)
    for stranger in (desk.far.id, uuid4()):
        with pytest.raises(CannotTake):
            actions.follow(desk.who("lin"), case, stranger)
    with pytest.raises(NotAllowed):  # who only reads decides for nobody else
        actions.follow(desk.who("auditor"), case, desk.lin.id)
    with pytest.raises(OnlyPeople):
        actions.follow(SYSTEM, case)
    with pytest.raises(NotAllowed):
        actions.follow(desk.who("far"), case)


# --- Links --------------------------------------------------------------------------------------------------------


def test_a_link_is_made_once_and_taken_away(desk: Desk, case: UUID) -> None:
    other = desk.received("Two")
    first = actions.link(desk.who("lin"), case, other, "duplicate")
    assert actions.link(desk.who("lin"), case, other, "duplicate") == first
    assert last(case, "linked") == {"other": str(other), "kind": "duplicate"}
    assert not actions.unlink(desk.who("lin"), case, other)
    assert actions.unlink(desk.who("lin"), case, other, "duplicate")
    assert (told(case)[-2:], Link.objects.count()) == (["linked", "unlinked"], 0)


def test_nothing_is_linked_to_itself_or_beyond_reach(desk: Desk, case: UUID) -> None:
    theirs = desk.received("Two", team=desk.other_team.id)
    with pytest.raises(LinkedToItself):
        actions.link(desk.who("lin"), case, case)
    with pytest.raises(BadChange):
        actions.link(desk.who("lin"), case, theirs, "friends")
    with pytest.raises(NoSuchConversation):
        actions.link(desk.who("lin"), case, uuid4())
    for one, other in ((case, theirs), (theirs, case)):
        with pytest.raises(NotAllowed):
            actions.link(desk.who("lin"), one, other)


# --- Looking and reading ------------------------------------------------------------------------------------------


def test_who_looks_is_seen_by_the_others(desk: Desk, case: UUID) -> None:
    actions.look(desk.who("lin"), case)
    actions.look(desk.who("auditor"), case)
    actions.look(desk.who("lin"), case, "typing")
    assert {(one.user_id, one.state) for one in queries.lookers(case)} == {
        (desk.lin.id, "typing"),
        (desk.auditor.id, "looking"),
    }
    actions.look(desk.who("lin"), case, None)
    assert [one.user_id for one in queries.lookers(case)] == [desk.auditor.id]


def test_a_look_that_is_not_renewed_fades(desk: Desk, case: UUID) -> None:
    actions.look(desk.who("lin"), case)
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        assert queries.lookers(case) == []


def test_the_others_screens_hear_of_a_look(transactional_db: None) -> None:
    """With whose it is, so that nobody else's screens do."""
    desk = Desk()
    case = desk.received()
    with direct.connect() as listener:
        assert isinstance(listener, psycopg.Connection)
        listener.execute(f"listen {live.CHANNEL}")
        actions.look(desk.who("lin"), case, "typing")
        (said,) = heard(listener, live.CHANNEL)
    assert (said["event"], said["data"]["state"]) == ("looking", "typing")
    assert (said["data"]["team"], said["data"]["conversation"]) == (str(desk.team.id), str(case))
    assert json.dumps(said)


def test_what_is_not_logged_is_the_look(db: None) -> None:
    """It is written every few seconds by every open screen, and worth nothing after a crash."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relpersistence = 'u' and relname like 'conversations_%'")
        assert "conversations_looking" in {name for (name,) in cursor.fetchall()}


def test_a_mark_of_what_was_read_never_goes_back(desk: Desk, case: UUID) -> None:
    desk.received("Two", conversation=case)
    for seen in (2, 1, 99, -1):
        actions.mark_read(desk.who("lin"), case, seen)
    assert ReadMark.objects.get().position == 2


def test_only_people_who_may_read_look_and_read(desk: Desk, case: UUID) -> None:
    with pytest.raises(OnlyPeople):
        actions.look(SYSTEM, case)
    with pytest.raises(BadChange):
        actions.look(desk.who("lin"), case, "sleeping")
    with pytest.raises(NotAllowed):
        actions.mark_read(desk.who("far"), case, 1)


# --- Delivery -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(desk: Desk, case: UUID) -> Message:
    return actions.reply(desk.who("lin"), case, text="Soon.")


def test_reports_of_a_message_are_kept(desk: Desk, case: UUID, sent: Message) -> None:
    assert actions.deliver(SYSTEM, sent.id, "sent", external_id="<1@us>")
    assert actions.deliver(SYSTEM, sent.id, "read")
    assert not actions.deliver(SYSTEM, sent.id, "delivered")  # overtaken on its way to us
    sent.refresh_from_db()
    assert (sent.delivery, sent.external_id) == ("read", "<1@us>")
    assert told(case)[-2:] == ["delivery_changed", "delivery_changed"]
    assert last(case, "delivery_changed") == {"message": str(sent.id), "delivery": "read"}
    assert row(case).version == 2


def test_a_name_over_there_that_another_message_has_is_not_given_twice(desk: Desk, case: UUID, sent: Message) -> None:
    second = actions.reply(desk.who("lin"), case, text="Again.")
    for message in (sent, second):
        assert actions.deliver(SYSTEM, message.id, "sent", external_id="<1@us>")
    second.refresh_from_db()
    assert (second.delivery, second.external_id) == ("sent", "")


def test_why_it_failed_is_kept_until_it_arrives(desk: Desk, sent: Message) -> None:
    actions.deliver(SYSTEM, sent.id, "failed", reason="550 no\x00 such\nuser " + "x" * 1000)
    sent.refresh_from_db()
    assert sent.delivery_reason.startswith("550 no such user")
    assert len(sent.delivery_reason) == 300
    actions.deliver(SYSTEM, sent.id, "sent")
    sent.refresh_from_db()
    assert sent.delivery_reason == ""


def test_what_was_sent_may_still_be_under_way(desk: Desk, sent: Message) -> None:
    assert actions.deliver(SYSTEM, sent.id, "sent")
    assert actions.deliver(SYSTEM, sent.id, "sent", reason="greylisted", code="channels_email.bounce.delayed")
    assert not actions.deliver(SYSTEM, sent.id, "sent", reason="greylisted", code="channels_email.bounce.delayed")
    assert not actions.deliver(SYSTEM, sent.id, "sent")
    sent.refresh_from_db()
    assert (sent.delivery, sent.delivery_code, sent.delivery_reason) == (
        "sent",
        "channels_email.bounce.delayed",
        "greylisted",
    )
    assert actions.deliver(SYSTEM, sent.id, "delivered")
    sent.refresh_from_db()
    assert (sent.delivery_code, sent.delivery_reason) == ("", "")


def test_nothing_is_reported_of_what_came_in(desk: Desk, case: UUID) -> None:
    received = Message.objects.get(conversation=case)
    assert not actions.deliver(SYSTEM, received.id, "read")
    with pytest.raises(BadChange):
        actions.deliver(SYSTEM, received.id, "eaten")
    with pytest.raises(NoSuchMessage):
        actions.deliver(SYSTEM, uuid4(), "sent")
    with pytest.raises(NotAllowed):
        actions.deliver(desk.who("far"), received.id, "read")


# --- Classes and promises -----------------------------------------------------------------------------------------


def test_what_it_is_about_goes_with_every_later_event(desk: Desk, case: UUID) -> None:
    actions.classify(SYSTEM, case, contact_type="complaint", sentiment="negative", confidence=0.9, urgency="high")
    assert last(case, "classified") == {"confidence": 0.9, "urgency": "high", "version": 2}
    actions.reply(desk.who("lin"), case, text="Sorry.")
    assert (row(case).contact_type, row(case).sentiment) == ("complaint", "negative")
    for wrong in (
        {"contact_type": "gossip"},
        {"contact_type": "other", "sentiment": "sad"},
        {"contact_type": "other", "confidence": float("nan")},
    ):
        with pytest.raises(BadChange):
            actions.classify(SYSTEM, case, **wrong)


def test_what_breaks_next_stands_on_the_row(desk: Desk, case: UUID) -> None:
    """And gets in nobody's way."""
    due = clock.now() + timedelta(hours=1)
    assert actions.set_due(case, due, "ok")
    assert (row(case).next_due_at, row(case).due_state, row(case).version) == (due, "ok", 1)
    assert actions.set_due(case, None, "")
    assert not actions.set_due(uuid4(), due, "ok")

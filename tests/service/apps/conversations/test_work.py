"""Does every change of a conversation lock it, count its version and tell of itself?"""

from uuid import uuid4

import pytest
from django.db import transaction
from tests.service.apps.conversations.desk import Desk, row, told
from tests.together import at_once

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations import actions, events
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.actions._work import Work, changing, write
from servewell.apps.conversations.errors import NoSuchConversation
from servewell.apps.journal.models import Event
from servewell.apps.people.errors import NotAllowed


def test_it_works(desk: Desk) -> None:
    """What is set is written with the next version, and told with it."""
    case = desk.received()
    with changing(desk.who("lin"), case) as work:
        work.set(priority=4)
        work.tell(events.PRIORITISED, before="normal", priority="urgent")
    assert (row(case).priority, row(case).version) == (4, 2)
    assert told(case)[-1] == "prioritised"


def test_a_change_that_tells_nothing_is_a_fault_of_ours(desk: Desk) -> None:
    """It is refused while it is tested, not found missing in the history of a year."""
    case = desk.received()
    with pytest.raises(RuntimeError, match="changed without an event: priority"), changing(SYSTEM, case) as work:
        work.set(priority=4)
    assert row(case).priority == 2


def test_a_block_that_fails_leaves_nothing(desk: Desk) -> None:
    case = desk.received()

    def fail() -> None:
        with changing(SYSTEM, case) as work:
            work.set(priority=4)
            work.tell(events.PRIORITISED, before="normal", priority="urgent")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert (row(case).priority, row(case).version) == (2, 1)


def test_nothing_done_is_nothing_written(desk: Desk) -> None:
    case = desk.received()
    before = row(case).updated_at
    with changing(SYSTEM, case):
        pass
    assert (row(case).version, row(case).updated_at) == (1, before)


def test_many_who_change_it_at_once_are_all_counted(transactional_db: None) -> None:
    """No change is lost, no version is given twice."""
    desk = Desk()
    case = desk.received()
    gave = at_once(8, lambda n: actions.note(SYSTEM, case, text=f"{n}"))
    assert not [one for one in gave if isinstance(one, Exception)]
    assert (row(case).version, row(case).messages) == (9, 9)
    versions = [event.attributes["version"] for event in Event.objects.filter(conversation=case).order_by("seq")]  # type: ignore[index]
    assert versions == [1, 1, *range(2, 10)]


def test_who_may_not_write_changes_nothing(desk: Desk) -> None:
    case = desk.received()
    for stranger in ("far", "auditor"):
        with pytest.raises(NotAllowed), changing(desk.who(stranger), case):
            pytest.fail("the block was entered")
    with pytest.raises(NoSuchConversation), changing(SYSTEM, uuid4()):
        pytest.fail("the block was entered")


def test_a_program_acts_as_the_system_under_its_key(desk: Desk) -> None:
    case, id_ = desk.received(), ids.new()
    key = Principal("key", id_, "agent", frozenset({desk.team.id}), "en", frozenset({"conversations.write"}))
    message = actions.reply(key, case, text="Soon.")
    event = Event.objects.filter(conversation=case).order_by("seq").last()
    assert event is not None
    assert (message.author_kind, message.author) == ("system", id_)
    assert (event.actor_kind, event.actor) == ("system", id_)


def test_each_event_carries_what_the_conversation_is(desk: Desk) -> None:
    """Team, channel, customer, and the class once it is known."""
    case = desk.received()
    actions.classify(SYSTEM, case, contact_type="complaint", sentiment="negative")
    actions.change(desk.who("lin"), case, Change(priority="high"))
    event = Event.objects.filter(conversation=case).order_by("seq").last()
    assert event is not None
    said = (event.team, event.channel, event.customer, event.contact_type, event.sentiment)
    assert said == (desk.team.id, "email", row(case).customer_id, "complaint", "negative")


def test_what_is_written_twice_is_told_once(desk: Desk) -> None:
    case = desk.received()
    with transaction.atomic():
        work = Work(SYSTEM, row(case))
        work.set(priority=4)
        work.tell(events.PRIORITISED, before="normal", priority="urgent")
        write(work)
        write(work)
    assert told(case).count("prioritised") == 1

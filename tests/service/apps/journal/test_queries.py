"""What does the journal know, and who was told?"""

from datetime import timedelta
from uuid import uuid4

from tests import build

from servewell.apps.base import clock, ids
from servewell.apps.journal import queries
from servewell.apps.journal.actions import erase_customer, load, log_access, record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.journal.models import Access
from servewell.apps.journal.models import Event as Row


def at(seconds: float, **changes: object) -> Row:
    with clock.frozen(build.NOON + timedelta(seconds=seconds)):
        return Row.objects.get(id=record(build.event(**changes)).id)  # type: ignore[arg-type]


def test_it_works() -> None:
    """A conversation's events come in their order, whatever their times say."""
    case = uuid4()
    load([build.history(conversation=case, at=build.NOON - timedelta(days=n)) for n in range(3)])
    assert [row.seq for row in queries.of_conversation(case)] == [1, 2, 3]


class TestSince:
    """Who comes back is given again what was recorded since 30 s before what they saw last."""

    def test_what_came_after_is_there_in_the_order_of_ids(self) -> None:
        rows = [at(seconds) for seconds in (0, 1, 2)]
        assert queries.since(rows[0].id) == rows

    def test_what_a_slow_transaction_committed_is_there(self) -> None:
        slow, seen = at(0), at(29)
        assert queries.since(seen.id) == [slow, seen]

    def test_what_is_older_is_not(self) -> None:
        at(0)
        seen = at(31)
        assert queries.since(seen.id) == [seen]

    def test_one_more_than_the_most_tells_that_there_are_too_many(self) -> None:
        rows = [at(seconds) for seconds in range(5)]
        assert queries.since(rows[0].id, most=3) == rows[:4]
        assert queries.since(rows[0].id, most=5) == rows

    def test_an_id_from_the_future_finds_nothing(self) -> None:
        at(0)
        assert queries.since(ids.at(build.NOON + timedelta(days=1))) == []

    def test_loaded_history_is_not_news(self) -> None:
        seen = at(0)
        load([build.history(at=build.NOON - timedelta(days=3))])
        assert queries.since(seen.id) == [seen]


def test_a_message_has_no_conversation_where_there_is_none() -> None:
    message = queries.as_message(Row.objects.get(id=record(Event("base.setting_changed")).id))
    assert (message["conversation"], message["team"], message["seq"]) == (None, None, None)


def test_reads_of_personal_data_are_remembered() -> None:
    who, customer = build.principal(), uuid4()
    log_access(who, "customer", customer, "profile")
    row = Access.objects.get()
    assert (row.actor_kind, row.actor, row.subject_kind, row.subject, row.what) == (
        "agent",
        who.id,
        "customer",
        customer,
        "profile",
    )


def test_erasing_a_customer_keeps_the_history_and_says_so() -> None:
    customer, other, who = uuid4(), uuid4(), build.principal()
    kept = at(0, customer=other)
    gone = [at(n, customer=customer) for n in (1, 2)]
    assert erase_customer(who, customer) == 2
    assert [Row.objects.get(id=row.id).customer for row in (kept, *gone)] == [other, None, None]
    event = Row.objects.get(activity="journal.customer_erased")
    assert (event.actor, event.attributes) == (who.id, {"events": 2})


def test_an_erased_customer_is_no_actor_either() -> None:
    """Not of events that are theirs, and not of what they did to another's; the same id of an agent is not theirs."""
    customer, other = uuid4(), uuid4()
    own = at(0, customer=customer, actor=Actor("customer", customer))
    to_another = at(1, customer=other, actor=Actor("customer", customer))
    kept = [at(2, customer=other, actor=Actor("customer", other)), at(3, actor=Actor("agent", customer))]
    assert erase_customer(build.principal(), customer) == 2
    rows = [Row.objects.get(id=row.id) for row in (own, to_another, *kept)]
    told = [(row.customer, row.actor_kind, row.actor) for row in rows]
    assert told == [
        (None, "customer", None),
        (other, "customer", None),
        (other, "customer", other),
        (None, "agent", customer),
    ]


def test_after_an_erasure_the_journal_is_append_only_again() -> None:
    import pytest
    from django.db import DatabaseError, transaction

    row = at(0)
    erase_customer(build.principal(), uuid4())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Row.objects.filter(id=row.id).update(channel="email")

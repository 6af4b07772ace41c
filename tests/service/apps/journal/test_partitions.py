"""Is there a partition for every month, also when many need it at once?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests import build
from tests.together import at_once

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions as conversations
from servewell.apps.customers.identities import Identity
from servewell.apps.journal import partitions
from servewell.apps.journal.actions import record
from servewell.apps.journal.models import Event

pytestmark = pytest.mark.usefixtures("transactional_db")


def exists(month: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [f"journal_event_{month}"])
        return bool(cursor.fetchone()[0])


def remove(month: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists journal_event_{month}")
    partitions.forget()


def test_it_works() -> None:
    remove("1999_05")
    partitions.ensure(datetime(1999, 5, 31, 23, 59, tzinfo=UTC))
    assert exists("1999_05")


def test_months_ahead_are_there_from_the_start() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select to_char(now() at time zone 'UTC' + make_interval(months => 2), 'YYYY_MM')")
        (ahead,) = cursor.fetchone()
    assert exists(ahead)


def test_sixteen_who_need_it_at_once_make_one() -> None:
    remove("1998_01")
    moment = datetime(1998, 1, 15, tzinfo=UTC)

    def work(number: int) -> None:
        partitions.forget()
        with transaction.atomic():
            record(build.event(occurred_at=moment))

    assert at_once(16, work) == [None] * 16
    assert Event.objects.filter(occurred_at=moment).count() == 16


def test_who_is_writing_elsewhere_is_not_waited_for() -> None:
    """A transaction that has written and goes on holds up nobody who needs a new month, itself included."""
    remove("1997_01")
    remove("1997_02")
    with transaction.atomic():
        record(build.event())
        assert at_once(1, lambda number: partitions.ensure(datetime(1997, 1, 1, tzinfo=UTC))) == [None]
        record(build.event(occurred_at=datetime(1997, 2, 1, tzinfo=UTC)))
    assert exists("1997_01")
    assert exists("1997_02")


def test_two_who_write_and_each_need_a_new_month_do_not_wait_for_each_other_in_a_ring() -> None:
    for month in ("1996_01", "1996_02"):
        remove(month)

    def work(number: int) -> None:
        with transaction.atomic():
            record(build.event())
            with connection.cursor() as cursor:
                cursor.execute("select pg_sleep(0.05)")
            record(build.event(occurred_at=datetime(1996, 1 + number % 2, 1, tzinfo=UTC)))

    assert at_once(8, work) == [None] * 8


def test_a_roll_back_takes_no_partition_away() -> None:
    remove("1995_01")
    with build.rolled_back():
        record(build.event(occurred_at=datetime(1995, 1, 1, tzinfo=UTC)))
    assert exists("1995_01")


def test_a_transaction_that_recorded_already_sees_a_partition_made_for_it() -> None:
    """As for a mail of long ago, of which the conversation's event comes after the customer's."""
    remove("1992_01")
    moment = datetime(1992, 1, 1, tzinfo=UTC)
    with transaction.atomic():
        for _ in range(12):  # by then the statement and its plan are kept
            record(build.event())
        record(build.event(occurred_at=moment))
    assert Event.objects.filter(occurred_at=moment).count() == 1


def test_a_message_of_long_ago_comes_in() -> None:
    """As a mail with an old `Date`."""
    moment = clock.now() - timedelta(days=300)
    remove(f"{moment:%Y_%m}")
    one = Identity("email", "li@example.com", verified=True)
    received = conversations.receive(SYSTEM, build.inbound(occurred_at=moment, identities=(one,)))
    assert Event.objects.filter(conversation=received.conversation_id, occurred_at=moment).exists()


def test_a_partition_that_vanished_is_made_anew_at_the_second_try() -> None:
    """As after another database was put under a running process."""
    moment = datetime(1994, 1, 1, tzinfo=UTC)
    partitions.ensure(moment)
    with connection.cursor() as cursor:
        cursor.execute("drop table journal_event_1994_01")
    with pytest.raises(IntegrityError), transaction.atomic():
        record(build.event(occurred_at=moment))
    with transaction.atomic():
        record(build.event(occurred_at=moment))
    assert Event.objects.get().occurred_at == moment


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
def test_bounds_are_those_of_utc_whatever_the_zone_of_the_session(zone: str) -> None:
    remove("1993_12")
    with connection.cursor() as cursor:
        cursor.execute(f"set time zone '{zone}'")
        cursor.execute("select journal_ensure_month('1993-12-31T23:59:59.999999Z')")
        cursor.execute("set time zone 'UTC'")
        cursor.execute(
            "select pg_get_expr(relpartbound, oid) from pg_class where relname = 'journal_event_1993_12'",
        )
        assert cursor.fetchone() == ("FOR VALUES FROM ('1993-12-01 00:00:00+00') TO ('1994-01-01 00:00:00+00')",)

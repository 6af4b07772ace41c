"""When do timers fire?"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from tests.build import NOON, rolled_back
from tests.together import at_once

from servewell.apps.base import clock, timers
from servewell.apps.base.models import Setting, Timer
from servewell.apps.base.timers import FiredTimer

pytestmark = pytest.mark.usefixtures("transactional_db")


class Bell:
    """A handler that remembers, in the database as real ones do."""

    def __init__(self) -> None:
        self.fired: list[FiredTimer] = []
        self.then: Callable[[FiredTimer], None] = lambda timer: None

    def ring(self, timer: FiredTimer) -> None:
        self.fired.append(timer)
        Setting.objects.create(name=f"{timer.subject}", value=1, changed_at=clock.now())
        self.then(timer)

    def subjects(self) -> list[UUID]:
        return [timer.subject for timer in self.fired]


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bell]:
    monkeypatch.setattr(timers, "_handlers", {})
    bell = Bell()
    timers.handler("test")(bell.ring)
    with clock.frozen(NOON):
        yield bell


def run_at(seconds: float) -> int:
    with clock.frozen(NOON + timedelta(seconds=seconds)):
        return timers.run_due()


def test_it_works(bell: Bell) -> None:
    """A timer fires once its moment has come, once."""
    subject, due = uuid4(), NOON + timedelta(seconds=10)
    timers.set("test", subject, due, {"n": 1})
    assert run_at(9) == 0
    assert run_at(11) == 1
    assert bell.fired == [FiredTimer("test", subject, due, {"n": 1})]
    assert run_at(12) == 0
    assert not Timer.objects.exists()


def test_setting_it_again_replaces_it(bell: Bell) -> None:
    subject = uuid4()
    timers.set("test", subject, NOON, {"n": 1})
    timers.set("test", subject, NOON + timedelta(seconds=5), {"n": 2})
    assert run_at(0) == 0
    assert run_at(5) == 1
    assert bell.fired[0].payload == {"n": 2}


def test_a_cancelled_timer_does_not_fire(bell: Bell) -> None:
    subject = uuid4()
    timers.set("test", subject, NOON)
    assert timers.cancel("test", subject)
    assert not timers.cancel("test", subject)
    assert run_at(1) == 0


def test_kinds_and_subjects_are_apart(bell: Bell) -> None:
    timers.handler("other")(bell.then)
    subject = uuid4()
    timers.set("test", subject, NOON)
    timers.set("other", subject, NOON)
    timers.set("test", uuid4(), NOON)
    assert run_at(0) == 3


def test_a_timer_of_a_change_that_was_rolled_back_does_not_exist(bell: Bell) -> None:
    with rolled_back():
        timers.set("test", uuid4(), NOON)
    assert run_at(1) == 0


def test_they_fire_in_the_order_they_are_due(bell: Bell) -> None:
    subjects = [uuid4() for _ in range(5)]
    for late, subject in enumerate(reversed(subjects)):
        timers.set("test", subject, NOON - timedelta(seconds=late))
    run_at(0)
    assert bell.subjects() == subjects


def test_no_more_than_asked_for_are_taken(bell: Bell) -> None:
    for _ in range(5):
        timers.set("test", uuid4(), NOON)
    assert [timers.run_due(2), timers.run_due(2), timers.run_due(2), timers.run_due(2)] == [2, 2, 1, 0]


def test_each_is_fired_in_a_transaction_of_its_own(bell: Bell) -> None:
    """What a handler locks, e.g. a conversation, is not locked until others have run."""
    transactions: set[int] = set()

    def note(timer: FiredTimer) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select txid_current()")
            transactions.add(cursor.fetchone()[0])

    bell.then = note
    for _ in range(50):
        timers.set("test", uuid4(), NOON)
    assert timers.run_due(45) == 45
    assert len(transactions) == 45
    assert timers.run_due(45) == 5


class TestFailure:
    """A handler that fails is rolled back alone and comes back later."""

    def test_the_others_of_its_batch_go_on(self, bell: Bell) -> None:
        good, bad = [uuid4() for _ in range(4)], uuid4()
        for subject in (*good[:2], bad, *good[2:]):
            timers.set("test", subject, NOON)
        bell.then = lambda timer: _fail() if timer.subject == bad else None
        run_at(0)
        assert {row.name for row in Setting.objects.all()} == {str(subject) for subject in good}
        row = Timer.objects.get()
        assert (row.subject, row.attempt, row.reason) == (bad, 1, "LookupError: broken")

    def test_it_waits_longer_each_time(self, bell: Bell) -> None:
        timers.set("test", uuid4(), NOON)
        bell.then = lambda timer: _fail()
        waits = []
        for _ in range(4):
            moment = Timer.objects.get().try_at
            with clock.frozen(moment):
                assert timers.run_due() == 1
            waits.append((Timer.objects.get().try_at - moment).total_seconds())
        assert all(2 ** (n + 1) / 2 <= wait <= 2 ** (n + 1) for n, wait in enumerate(waits))

    def test_it_fires_when_its_handler_has_been_mended(self, bell: Bell) -> None:
        subject = uuid4()
        timers.set("test", subject, NOON, {"n": 1})
        bell.then = lambda timer: _fail()
        run_at(0)
        bell.then = lambda timer: None
        assert run_at(3) == 1
        assert bell.fired[-1] == FiredTimer("test", subject, NOON, {"n": 1})
        assert not Timer.objects.exists()

    def test_an_error_of_the_database_spoils_only_its_own(self, bell: Bell) -> None:
        good, bad = uuid4(), uuid4()
        timers.set("test", bad, NOON - timedelta(seconds=1))
        timers.set("test", good, NOON)

        def break_(timer: FiredTimer) -> None:
            if timer.subject == bad:
                with connection.cursor() as cursor:
                    cursor.execute("select 1/0")

        bell.then = break_
        run_at(0)
        assert [row.name for row in Setting.objects.all()] == [str(good)]

    def test_a_bad_one_does_not_block_those_that_come_after(self, bell: Bell) -> None:
        for _ in range(3):
            timers.set("test", uuid4(), NOON - timedelta(hours=1))
        bell.then = lambda timer: _fail()
        timers.run_due(3)
        bell.then = lambda timer: None
        fresh = uuid4()
        timers.set("test", fresh, NOON)
        timers.run_due(3)
        assert bell.subjects()[-1] == fresh


class TestOneAfterTheOther:
    """An earlier handler may change what a later timer is."""

    def test_a_timer_that_was_cancelled_does_not_fire(self, bell: Bell) -> None:
        first, second = uuid4(), uuid4()
        timers.set("test", first, NOON - timedelta(seconds=1))
        timers.set("test", second, NOON)
        bell.then = lambda timer: timers.cancel("test", second) and None if timer.subject == first else None
        assert run_at(0) == 1
        assert bell.subjects() == [first]

    def test_a_timer_that_was_moved_fires_at_its_new_moment(self, bell: Bell) -> None:
        first, second = uuid4(), uuid4()
        timers.set("test", first, NOON - timedelta(seconds=1))
        timers.set("test", second, NOON)
        bell.then = lambda timer: (
            timers.set("test", second, NOON + timedelta(hours=1)) if timer.subject == first else None
        )
        run_at(0)
        assert bell.subjects() == [first]
        bell.then = lambda timer: None
        assert run_at(3600) == 1

    def test_a_handler_may_set_its_own_timer_anew(self, bell: Bell) -> None:
        subject = uuid4()
        timers.set("test", subject, NOON)
        bell.then = lambda timer: timers.set("test", subject, timer.due_at + timedelta(seconds=60))
        assert run_at(0) == 1
        bell.then = lambda timer: None
        Setting.objects.all().delete()
        assert run_at(60) == 1
        assert not Timer.objects.exists()


def test_sixteen_workers_fire_each_timer_once(bell: Bell) -> None:
    subjects = {uuid4() for _ in range(300)}
    for subject in subjects:
        timers.set("test", subject, NOON)

    def work(number: int) -> int:
        fired = 0
        with clock.frozen(NOON):
            while found := timers.run_due(7):
                fired += found
        return fired

    assert sum(count for count in at_once(16, work) if isinstance(count, int)) == 300
    assert len(bell.fired) == 300
    assert {UUID(row.name) for row in Setting.objects.all()} == subjects


@pytest.mark.parametrize("moved", [True, False])
def test_moving_a_timer_while_it_fires_undoes_the_firing(bell: Bell, moved: bool) -> None:
    """Who moves or cancels a timer does not wait for a worker; what the handler did is rolled back."""
    subject, firing, changed = uuid4(), threading.Event(), threading.Event()
    timers.set("test", subject, NOON)

    def fire_slowly(timer: FiredTimer) -> None:
        firing.set()
        assert changed.wait(20)

    bell.then = fire_slowly

    def either(number: int) -> None:
        with clock.frozen(NOON):
            if number == 0:
                assert timers.run_due() == 0
                return
            firing.wait(20)
            if moved:
                timers.set("test", subject, NOON + timedelta(hours=1))
            else:
                assert timers.cancel("test", subject)
            changed.set()

    assert at_once(2, either) == [None, None]
    assert bell.subjects() == [subject]
    assert not Setting.objects.exists()
    assert [row.due_at for row in Timer.objects.all()] == [NOON + timedelta(hours=1)] * moved


@pytest.mark.parametrize("moved", [True, False])
def test_a_worker_and_a_verb_that_lock_the_same_object_never_wait_for_each_other(bell: Bell, moved: bool) -> None:
    """The verb locks the object and then the timer; the worker, at that moment, wants the object for the timer."""
    subject, held, wanted = uuid4(), threading.Event(), threading.Event()
    Setting.objects.create(name="object", value=0, changed_at=clock.now())
    timers.set("test", subject, NOON)

    def lock() -> None:
        assert Setting.objects.select_for_update().get(name="object").value == 0

    def handle(timer: FiredTimer) -> None:
        wanted.set()
        lock()
        timers.cancel("test", subject)  # as handlers do that call the same verb

    bell.then = handle

    def either(number: int) -> None:
        with clock.frozen(NOON):
            if number == 0:
                held.wait(20)
                timers.run_due()
                return
            with transaction.atomic():
                lock()
                held.set()
                assert wanted.wait(20)
                time.sleep(0.2)  # until the worker waits for the object
                timers.set("test", subject, NOON + timedelta(hours=1)) if moved else timers.cancel("test", subject)

    assert at_once(2, either) == [None, None]
    assert Timer.objects.count() == moved
    assert [row.attempt for row in Timer.objects.all()] == [0] * moved
    assert Setting.objects.count() == 1


def test_when_the_next_one_is_due_is_known(bell: Bell) -> None:
    assert timers.next_due() is None
    timers.set("test", uuid4(), NOON + timedelta(seconds=7))
    timers.set("nobodys", uuid4(), NOON)
    assert timers.next_due() == NOON + timedelta(seconds=7)


def test_a_kind_nobody_handles_here_is_left_to_others(bell: Bell) -> None:
    timers.set("other", uuid4(), NOON)
    assert run_at(0) == 0


def test_a_lost_connection_loses_nothing(bell: Bell) -> None:
    subject = uuid4()
    timers.set("test", subject, NOON)

    def die(timer: FiredTimer) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    bell.then = die
    with pytest.raises(DatabaseError):
        run_at(0)
    connection.close()
    assert not Setting.objects.exists()
    bell.then = lambda timer: None
    assert run_at(0) == 1


def _fail() -> None:
    raise LookupError("broken")

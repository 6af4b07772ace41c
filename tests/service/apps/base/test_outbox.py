"""How does a change reach the outside?"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.build import NOON, rolled_back
from tests.together import at_once

from servewell.apps.base import clock, outbox
from servewell.apps.base.errors import NotNow, OutsideFailure
from servewell.apps.base.models import Outgoing, Setting
from servewell.apps.base.outbox import OutboxItem

pytestmark = pytest.mark.usefixtures("transactional_db")


class Outside:
    """The other side: remembers the calls, and fails as it is told."""

    def __init__(self) -> None:
        self.calls: list[OutboxItem] = []
        self.failures: list[Exception] = []  # for the next calls
        self.settle: outbox.Settle | None = None

    def call(self, item: OutboxItem) -> outbox.Settle | None:
        assert not connection.in_atomic_block, "a call is made outside any transaction"
        self.calls.append(item)
        if self.failures:
            raise self.failures.pop(0)
        return self.settle

    def made(self) -> list[str]:
        return [item.key for item in self.calls]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    monkeypatch.setattr(outbox, "_handlers", {})
    outside = Outside()
    outbox.handler("test", lease_s=30)(outside.call)
    with clock.frozen(NOON):
        yield outside


def put(key: str | None = None, order_key: str = "", **payload: int) -> UUID:
    with transaction.atomic():
        return outbox.put("test", payload, key=key, order_key=order_key)


def run_at(seconds: float) -> int:
    with clock.frozen(NOON + timedelta(seconds=seconds)):
        return outbox.run_due()


def state(id_: UUID) -> tuple[str, int, str]:
    row = Outgoing.objects.get(id=id_)
    return row.state, row.attempt, row.reason


def test_it_works(outside: Outside) -> None:
    """What was put is called once, with its payload and its key, and is done."""
    id_ = put(key="mail-1", n=1)
    assert outbox.run_due() == 1
    assert outside.calls == [OutboxItem(id_, "test", "mail-1", {"n": 1}, 1)]
    assert state(id_) == ("done", 1, "")
    assert outbox.run_due() == 0


def test_without_a_key_the_id_is_the_key(outside: Outside) -> None:
    id_ = put()
    outbox.run_due()
    assert outside.made() == [str(id_)]


def test_a_call_of_a_change_that_was_rolled_back_is_never_made(outside: Outside) -> None:
    with rolled_back():
        outbox.put("test", {})
    assert outbox.run_due() == 0
    assert outside.calls == []


def test_a_call_belongs_to_a_change(outside: Outside) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        outbox.put("test", {})


def test_the_same_kind_and_key_is_one_call(outside: Outside) -> None:
    assert put(key="k") == put(key="k")
    assert outbox.run_due() == 1


def test_a_later_call_waits_for_its_time(outside: Outside) -> None:
    with transaction.atomic():
        outbox.put("test", {}, due_at=NOON + timedelta(minutes=5))
    assert run_at(299) == 0
    assert run_at(300) == 1


def test_a_passing_failure_is_tried_again_later_with_the_same_key(outside: Outside) -> None:
    id_ = put(key="k")
    outside.failures = [OutsideFailure("503", permanent=False)]
    assert run_at(0) == 1
    assert state(id_) == ("waiting", 1, "503")
    assert run_at(1) == 0  # not before half of five seconds
    assert run_at(6) == 1
    assert outside.made() == ["k", "k"]
    assert [item.attempt for item in outside.calls] == [1, 2]
    assert state(id_)[0] == "done"


def test_a_permanent_failure_is_parked_with_its_reason(outside: Outside) -> None:
    id_ = put()
    outside.failures = [OutsideFailure("no such mailbox", permanent=True)]
    outbox.run_due()
    assert state(id_) == ("parked", 1, "no such mailbox")
    assert run_at(10**6) == 0


def test_a_parked_call_can_be_tried_again(outside: Outside) -> None:
    id_ = put(key="k")
    outside.failures = [OutsideFailure("gone", permanent=True)]
    outbox.run_due()
    assert [(row.id, row.reason) for row in outbox.parked()] == [(id_, "gone")]
    assert outbox.retry(id_)
    assert not outbox.retry(id_)
    outbox.run_due()
    assert outside.made() == ["k", "k"]
    assert state(id_) == ("done", 1, "")
    assert not outbox.parked().exists()


def test_after_many_failures_it_is_parked(outside: Outside) -> None:
    id_ = put()
    outside.failures = [OutsideFailure("down", permanent=False)] * outbox.MOST_ATTEMPTS
    for number in range(outbox.MOST_ATTEMPTS):
        assert run_at(number * 5 * 3600) == 1
    assert state(id_) == ("parked", outbox.MOST_ATTEMPTS, "down")


def test_a_fault_of_ours_is_tried_again_too(outside: Outside) -> None:
    id_ = put()
    outside.failures = [ZeroDivisionError("oops")]
    outbox.run_due()
    assert state(id_) == ("waiting", 1, "ZeroDivisionError: oops")


def test_what_the_call_brought_is_written_when_it_is_settled(outside: Outside) -> None:
    outside.settle = lambda: _remember("sent")
    put()
    outbox.run_due()
    assert Setting.objects.filter(name="sent").exists()


def test_when_that_cannot_be_written_the_call_is_made_again(outside: Outside) -> None:
    """Outward it is at least once: the other side knows the key."""

    def fail() -> None:
        _remember("half")
        raise LookupError

    outside.settle = fail
    id_ = put(key="k")
    outbox.run_due()
    assert state(id_)[0] == "waiting"
    assert not Setting.objects.filter(name="half").exists()
    outside.settle = None
    run_at(6)
    assert outside.made() == ["k", "k"]
    assert state(id_)[0] == "done"


class TestOrder:
    """Calls with the same order key are made one after the other."""

    def test_they_go_in_the_order_they_were_put(self, outside: Outside) -> None:
        for number in range(5):
            put(key=str(number), order_key="conversation-1")
        outbox.run_due()
        assert outside.made() == ["0", "1", "2", "3", "4"]

    def test_while_the_first_waits_the_others_wait(self, outside: Outside) -> None:
        for number in range(3):
            put(key=str(number), order_key="conversation-1")
        put(key="other", order_key="conversation-2")
        outside.failures = [OutsideFailure("503", permanent=False)]
        assert run_at(0) == 2
        assert outside.made() == ["0", "other"]
        run_at(6)
        assert outside.made() == ["0", "other", "0", "1", "2"]

    def test_a_parked_one_lets_the_next_pass(self, outside: Outside) -> None:
        put(key="0", order_key="c")
        put(key="1", order_key="c")
        outside.failures = [OutsideFailure("gone", permanent=True)]
        outbox.run_due()
        assert outside.made() == ["0", "1"]

    def test_the_order_is_that_of_commits(self, outside: Outside) -> None:
        """Two transactions that put under one order key at the same time end one after the other."""

        def put_slowly(number: int) -> None:
            with clock.frozen(NOON), transaction.atomic():
                outbox.put("test", {}, key=f"{number}a", order_key="c")
                with connection.cursor() as cursor:
                    cursor.execute("select pg_sleep(0.02)")
                outbox.put("test", {}, key=f"{number}b", order_key="c")

        assert at_once(8, put_slowly) == [None] * 8
        outbox.run_due()
        keys = outside.made()
        assert len(keys) == 16
        assert all(a[0] == b[0] and a[1] + b[1] == "ab" for a, b in zip(keys[::2], keys[1::2], strict=True))


class TestClaims:
    """Only who holds the claim settles."""

    def test_a_claim_holds_until_its_lease_runs_out(self, outside: Outside) -> None:
        """A worker that dies in the middle of a call leaves a lease behind; after it somebody else takes over."""
        put(key="k")
        _claim_and_die()
        assert run_at(29) == 0
        assert run_at(31) == 1
        assert outside.calls[0].attempt == 2

    def test_who_lost_the_claim_does_not_settle(self, outside: Outside) -> None:
        id_ = put(key="k")
        claim, item = _claim_and_die()
        with clock.frozen(NOON + timedelta(seconds=31)):
            second = UUID(int=2)
            assert outbox._claim(second) is not None
        outside.settle = lambda: _remember("sent")
        outbox._make(claim, item)
        assert state(id_) == ("waiting", 2, "")
        assert not Setting.objects.filter(name="sent").exists()

    def test_who_lost_the_claim_does_not_postpone_either(self, outside: Outside) -> None:
        id_ = put(key="k")
        claim, item = _claim_and_die()
        with clock.frozen(NOON + timedelta(seconds=31)):
            outbox._claim(UUID(int=2))
        outside.failures = [OutsideFailure("503", permanent=False)]
        outbox._make(claim, item)
        assert state(id_) == ("waiting", 2, "")

    def test_sixteen_workers_make_each_call_once(self, outside: Outside) -> None:
        with transaction.atomic():
            for number in range(200):
                outbox.put("test", {}, key=str(number), order_key=str(number % 7))

        def work(number: int) -> int:
            with clock.frozen(NOON):
                made = 0
                while found := outbox.run_due():
                    made += found
                return made

        made = at_once(16, work)
        while outbox.run_due():  # what was blocked by an order key whose first call was under way
            pass
        assert all(isinstance(count, int) for count in made)
        assert sorted(outside.made(), key=int) == [str(number) for number in range(200)]
        for line in range(7):
            mine = [int(key) for key in outside.made() if int(key) % 7 == line]
            assert mine == sorted(mine)


def test_a_kind_nobody_handles_here_is_left_to_others(outside: Outside) -> None:
    with transaction.atomic():
        outbox.put("other", {})
    assert outbox.run_due() == 0


def test_a_kind_has_one_handler(outside: Outside) -> None:
    with pytest.raises(ValueError, match="two handlers"):
        outbox.handler("test")(lambda item: None)


def _claim_and_die() -> tuple[UUID, OutboxItem]:
    claim = UUID(int=1)
    item = outbox._claim(claim)
    assert item is not None
    return claim, item


def _remember(name: str) -> None:
    Setting.objects.create(name=name, value=1, changed_at=clock.now())


def test_the_other_side_may_ask_for_a_longer_wait(outside: Outside) -> None:
    id_ = put()
    outside.failures = [OutsideFailure("busy", permanent=False, wait=timedelta(hours=1))]
    outbox.run_due()
    assert run_at(3599) == 0
    assert run_at(3601) == 1
    assert state(id_)[:2] == ("done", 2)


def test_a_call_that_was_not_made_costs_no_attempt(outside: Outside) -> None:
    """It is in vain as long as another one fails: so it waits, and has all its attempts still."""
    id_ = put()
    outside.failures = [NotNow(NOON + timedelta(seconds=100))]
    assert outbox.run_due() == 1
    assert state(id_) == ("waiting", 0, "")
    assert run_at(99) == 0
    assert run_at(100) == 1
    assert state(id_) == ("done", 1, "")


def test_slow_kinds_have_workers_of_their_own(outside: Outside) -> None:
    outbox.handler("slow")(outside.call)
    with transaction.atomic():
        outbox.put("slow", {}, key="slow")
    put(key="quick")
    assert outbox.run_due(without={"slow"}) == 1
    assert outside.made() == ["quick"]
    assert outbox.run_due(only={"slow", "unknown"}) == 1
    assert outside.made() == ["quick", "slow"]


def test_calls_that_would_be_in_vain_are_put_off_together(outside: Outside) -> None:
    """Not the one that is being made, nor one that waits longer already."""
    first, second, late = put(), put(), put()
    Outgoing.objects.filter(id=late).update(due_at=NOON + timedelta(hours=1))
    Outgoing.objects.filter(id=first).update(claim=UUID(int=1), lease_until=NOON + timedelta(seconds=30))
    assert outbox.put_off(Outgoing.objects.all(), NOON + timedelta(minutes=5)) == 1
    moments = dict(Outgoing.objects.values_list("id", "due_at"))
    assert moments == {first: NOON, second: NOON + timedelta(minutes=5), late: NOON + timedelta(hours=1)}

"""Can what was given up be replayed, a receiver be tried, a secret be changed while calls are made?"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from tests import build
from tests.service.apps.webhooks.receiver import Answer, Receiver

from servewell.apps.base import clock, outbox, signing
from servewell.apps.base.models import Outgoing
from servewell.apps.base.principal import Principal
from servewell.apps.customers.actions import erasing
from servewell.apps.journal.actions import record
from servewell.apps.journal.models import Event
from servewell.apps.webhooks import actions, jobs, queries
from servewell.apps.webhooks.errors import StillTwoSecrets, UnknownEvents
from servewell.apps.webhooks.listeners import KIND
from servewell.apps.webhooks.models import Attempt, Subscription


def happens(name: str = "conversation.opened", conversation: UUID | None = None, **changes: Any) -> UUID:
    with transaction.atomic():
        return record(build.event(name, conversation, **changes)).id


def later(seconds: float) -> int:
    """Make the calls that are due in so many seconds."""
    with clock.frozen(clock.now() + timedelta(seconds=seconds)):
        return outbox.run_due()


def outcomes() -> list[str]:
    return list(Attempt.objects.order_by("id").values_list("outcome", flat=True))


def states() -> list[str]:
    return list(Outgoing.objects.filter(kind=KIND).order_by("position").values_list("state", flat=True))


def events_of_webhooks() -> list[str]:
    rows = Event.objects.filter(activity__startswith="webhook.").order_by("id")
    return [name.partition(".")[2] for name in rows.values_list("activity", flat=True)]


class TestReplay:
    """What was given up is not lost."""

    @pytest.fixture
    def dead(self, boss: Principal, receiver: Receiver) -> Subscription:
        """Return a webhook that gave up three calls."""
        made = actions.create(boss, receiver.url).subscription
        receiver.next = [Answer(422)] * 3
        for _ in range(3):
            happens()
        outbox.run_due()
        receiver.calls.clear()
        return made

    def test_all_of_it_comes_with_the_ids_it_had(self, boss: Principal, receiver: Receiver, dead: Subscription) -> None:
        letters = [row.payload["message"]["id"] for row in queries.dead_letters(dead.id)]
        assert actions.replay(boss, dead.id) == 3
        outbox.run_due()
        assert receiver.ids() == letters
        assert list(queries.dead_letters(dead.id)) == []
        assert events_of_webhooks() == ["created", "replayed"]

    def test_one_of_it(self, boss: Principal, receiver: Receiver, dead: Subscription) -> None:
        second = queries.dead_letters(dead.id)[1]
        assert actions.replay(boss, dead.id, second.id) == 1
        outbox.run_due()
        assert receiver.ids() == [second.payload["message"]["id"]]

    def test_after_ninety_days_it_is(self, dead: Subscription) -> None:
        now = clock.now()
        for days, left in ((89, 3), (91, 0)):
            with clock.frozen(now + timedelta(days=days)):
                jobs.tidy()
            assert queries.dead_letters(dead.id).count() == left

    def test_what_was_removed_takes_its_calls_along(self, boss: Principal, dead: Subscription) -> None:
        assert actions.remove(boss, dead.id) == 3
        assert states() == []


class TestPing:
    """To try a receiver."""

    def test_it_tells_nothing_and_is_tried_once(self, boss: Principal, receiver: Receiver) -> None:
        made = actions.create(boss, receiver.url)
        receiver.next = [Answer(500)]
        delivery = actions.ping(boss, made.subscription.id)
        outbox.run_due()
        assert Attempt.objects.get().delivery == delivery
        assert receiver.calls[0].message["type"] == "webhook.ping"
        assert (states(), Subscription.objects.get().failures) == (["parked"], 0)
        assert list(queries.dead_letters(made.subscription.id)) == []

    def test_a_paused_one_can_be_tried(self, boss: Principal, receiver: Receiver) -> None:
        made = actions.create(boss, receiver.url).subscription
        actions.pause(boss, made.id)
        actions.ping(boss, made.id)
        outbox.run_due()
        assert outcomes() == ["delivered"]


class TestRotation:
    """A secret can be changed while calls are made."""

    def test_for_a_while_both_secrets_fit_then_only_the_new_one(self, boss: Principal, receiver: Receiver) -> None:
        made = actions.create(boss, receiver.url)
        fresh = actions.rotate(boss, made.subscription.id, overlap_h=2).secret
        now = clock.now()
        for hours in (1, 3):
            with clock.frozen(now + timedelta(hours=hours)):
                happens()
                outbox.run_due()
        one, two = receiver.calls
        at = [now + timedelta(hours=hours) for hours in (1, 3)]
        assert [signing.is_ours(one.headers, one.body, key, at[0]) for key in (made.secret, fresh)] == [True, True]
        assert [signing.is_ours(two.headers, two.body, key, at[1]) for key in (made.secret, fresh)] == [False, True]

    def test_no_third_secret_shuts_out_who_still_has_the_first(self, boss: Principal) -> None:
        made = actions.create(boss, "https://receiver.example/").subscription
        now = clock.now()
        actions.rotate(boss, made.id, overlap_h=2)
        sealed = Subscription.objects.get().sealed_old_secret
        with pytest.raises(StillTwoSecrets):
            actions.rotate(boss, made.id, overlap_h=0)
        assert Subscription.objects.get().sealed_old_secret == sealed
        with clock.frozen(now + timedelta(hours=3)):
            actions.rotate(boss, made.id, overlap_h=0)
            actions.rotate(boss, made.id)

    def test_an_old_secret_is_wiped_when_it_is_good_no_more(self, boss: Principal) -> None:
        made = actions.create(boss, "https://receiver.example/").subscription
        now = clock.now()
        actions.rotate(boss, made.id, overlap_h=2)
        jobs.tidy()
        assert Subscription.objects.get().sealed_old_secret != ""
        with clock.frozen(now + timedelta(hours=3)):
            jobs.tidy()
        row = Subscription.objects.get()
        assert (row.sealed_old_secret, row.old_secret_until) == ("", None)

    def test_secrets_lie_sealed(self, boss: Principal) -> None:
        made = actions.create(boss, "https://receiver.example/")
        assert made.secret not in str(Subscription.objects.values().get())


def test_a_change_with_a_state_is_all_or_nothing(boss: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    made = actions.create(boss, "https://receiver.example/").subscription
    assert actions.alter(boss, made.id, {"description": "ERP", "state": "paused"}).is_paused
    assert not actions.alter(boss, made.id, {"state": "active"}).is_paused

    def fails(*_: Any) -> None:
        raise UnknownEvents(events="-")

    monkeypatch.setattr(actions, "pause", fails)
    with pytest.raises(UnknownEvents):
        actions.alter(boss, made.id, {"description": "CRM", "state": "paused"})
    assert Subscription.objects.get().description == "ERP"


class TestErasure:
    """Who is erased is in no call any more, but for the one that says so."""

    def test_it_works(self, boss: Principal, receiver: Receiver) -> None:
        actions.create(boss, receiver.url)
        gone, other = build.customer("Wang"), build.customer("Li")
        receiver.next = [Answer(200, body=b"Wang"), Answer(422, body=b"no Wang"), Answer(200, body=b"Li")]
        for who in (gone, gone, other):
            happens(customer=who.id)
            outbox.run_due()
        happens(customer=gone.id)
        erasing.erase(boss, gone.id)
        rows = Outgoing.objects.filter(kind=KIND).order_by("position")
        told = [row.payload["message"] for row in rows]
        about = [message["data"].get("customer") for message in told if message["type"] == "conversation.opened"]
        assert about == [None, None, str(other.id), None]
        assert list(Attempt.objects.order_by("id").values_list("response", flat=True)) == ["", "", "Li"]
        known = [message["type"] for message in told if str(gone.id) in str(message)]
        assert known == ["customer.erased"]
        outbox.run_due()
        (erased,) = [call.message for call in receiver.calls if call.message["type"] == "customer.erased"]
        assert erased["data"]["customer"] == str(gone.id)


def test_the_calls_of_a_webhook_are_found_by_an_index(boss: Principal) -> None:
    """Among those of others, however many wait."""
    made = actions.create(boss, "https://receiver.example/").subscription
    now = clock.now()
    Outgoing.objects.bulk_create(
        Outgoing(
            position=-number,
            kind=KIND,
            key=str(number),
            payload={"subscription": str(uuid4()), "message": {"type": "conversation.opened"}},
            due_at=now,
            created_at=now,
        )
        for number in range(1, 2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze base_outgoing")
    assert "webhooks_outgoing_unsettled" in queries.unsettled(made.id).explain()

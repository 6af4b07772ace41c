"""Can what was given up be replayed, a receiver be tried, a secret be changed while calls are made?"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from tests import build
from tests.service.apps.webhooks.receiver import Answer, Receiver

from servewell.apps.base import clock, outbox
from servewell.apps.base.models import Outgoing
from servewell.apps.base.principal import Principal
from servewell.apps.journal.actions import record
from servewell.apps.journal.models import Event
from servewell.apps.webhooks import actions, queries, signing
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

    def test_secrets_lie_sealed(self, boss: Principal) -> None:
        made = actions.create(boss, "https://receiver.example/")
        assert made.secret not in str(Subscription.objects.values().get())

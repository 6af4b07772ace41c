"""Does whoever wants to be told get told, once for all, in order, and whatever the other side does?"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.webhooks.receiver import Answer, Receiver
from tests.together import at_once

from servewell.apps.base import clock, outbox, settings, signing
from servewell.apps.base.models import Outgoing
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.journal.actions import record
from servewell.apps.journal.models import Access, Event
from servewell.apps.webhooks import actions, calling
from servewell.apps.webhooks.listeners import KIND
from servewell.apps.webhooks.models import Attempt, Subscription
from servewell.apps.webhooks.wanted import Wishes, wishes


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


def test_it_works(boss: Principal, receiver: Receiver) -> None:
    """An event becomes a signed call with ids and codes, and the log tells how it went."""
    made = actions.create(boss, receiver.url)
    customer = uuid4()
    event = happens(customer=customer, attributes={"status": "open", "version": 1})
    assert outbox.run_due() == 1
    (call,) = receiver.calls
    assert call.headers["webhook-id"] == str(event)
    assert call.message["type"] == "conversation.opened"
    assert call.message["data"]["customer"] == str(customer)
    assert call.message["data"]["attributes"] == {"status": "open", "version": 1}
    assert "content" not in call.message
    assert signing.is_ours(call.headers, call.body, made.secret, datetime.now(UTC))
    (attempt,) = Attempt.objects.all()
    assert (attempt.outcome, attempt.status, attempt.number, attempt.response) == ("delivered", 200, 1, "ok")
    assert states() == ["done"]


def test_what_was_rolled_back_is_told_to_nobody(boss: Principal, receiver: Receiver) -> None:
    actions.create(boss, receiver.url)
    with build.rolled_back():
        record(build.event())
    assert outbox.run_due() == 0


def test_one_hears_only_of_what_one_wants(boss: Principal, receiver: Receiver) -> None:
    actions.create(boss, receiver.url, names=["conversation.solved"])
    happens("conversation.opened")
    happens("conversation.solved")
    outbox.run_due()
    assert [call.message["type"] for call in receiver.calls] == ["conversation.solved"]


def test_without_webhooks_an_event_costs_no_statement_more(boss: Principal) -> None:
    """And with one that does not want it neither."""
    happens()

    def statements() -> int:
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            record(build.event())
        return len(captured)

    without = statements()
    actions.create(boss, "https://receiver.example/", names=["conversation.closed"])
    assert statements() == without
    actions.create(boss, "https://receiver.example/")
    assert statements() == without + 1


def test_a_paused_or_removed_webhook_hears_nothing_more(boss: Principal, receiver: Receiver) -> None:
    paused, removed = (actions.create(boss, receiver.url).subscription for _ in range(2))
    actions.pause(boss, paused.id)
    actions.remove(boss, removed.id)
    happens()
    assert outbox.run_due() == 0


def test_another_process_heeds_a_change_within_two_seconds(boss: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told by nobody, so it looks again when its copy is old."""
    assert wishes.of("conversation.opened") == []
    made = Subscription.objects.create(url="https://receiver.example/", sealed_secret="-")
    assert wishes.of("conversation.opened") == []
    monkeypatch.setattr("servewell.apps.webhooks.wanted.time.monotonic", lambda: 1e9)
    assert wishes.of("conversation.opened") == [made.id]


def test_while_no_connection_is_to_be_had_the_last_copy_counts(
    boss: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No change fails for it, also not just after something was changed here."""
    made = actions.create(boss, "https://receiver.example/").subscription
    assert wishes.of("conversation.opened") == [made.id]

    def refused(**_: Any) -> Any:
        raise psycopg.OperationalError("too many connections")

    with monkeypatch.context() as broken:
        broken.setattr("servewell.apps.webhooks.wanted.direct.connect", refused)
        wishes.forget()
        assert wishes.of("conversation.opened") == [made.id]
        with pytest.raises(psycopg.OperationalError):
            Wishes().of("conversation.opened")  # of a process that never read it
    wishes.forget()
    assert wishes.of("conversation.opened") == [made.id]


class TestContent:
    """What is told beside ids is read when the call is made."""

    def test_conversation_message_and_customer_come_as_they_are_now(self, boss: Principal, receiver: Receiver) -> None:
        actions.create(boss, receiver.url, content=True)
        customer = build.customer("王芳")
        conversation = Conversation.objects.create(customer=customer, channel="email", subject="Parcel")
        message = Message.objects.create(
            conversation=conversation, position=1, author_kind="customer", delivery="received", text="您好"
        )
        happens(
            "conversation.message_received", conversation.id, customer=customer.id, attributes={"message": message.id}
        )
        Conversation.objects.update(subject="Two parcels")
        outbox.run_due()
        content = receiver.calls[0].message["content"]
        assert content["conversation"]["subject"] == "Two parcels"
        assert (content["message"]["text"], content["customer"]["name"]) == ("您好", "王芳")
        assert Access.objects.get().subject == customer.id

    def test_what_was_erased_meanwhile_is_not_told(self, boss: Principal, receiver: Receiver) -> None:
        actions.create(boss, receiver.url, content=True)
        happens(customer=uuid4())
        outbox.run_due()
        assert receiver.calls[0].message["content"] == {}
        assert not Access.objects.exists()

    def test_what_waits_holds_no_personal_data(self, boss: Principal, receiver: Receiver) -> None:
        actions.create(boss, receiver.url, content=True)
        customer = build.customer("王芳")
        happens(customer=customer.id)
        assert "王芳" not in str(Outgoing.objects.get(kind=KIND).payload)


class TestFailure:
    """What the other side may do to us."""

    def test_a_failed_call_comes_back_with_the_same_id(self, boss: Principal, receiver: Receiver) -> None:
        actions.create(boss, receiver.url)
        event = happens()
        receiver.next = [Answer(500, body=b"broken"), Answer(404), Answer(200)]
        outbox.run_due()
        assert later(30) == 1
        assert later(120) == 1
        assert receiver.ids() == [str(event)] * 3
        assert outcomes() == ["failed", "failed", "delivered"]
        assert Subscription.objects.get().failures == 0

    def test_a_conversation_is_told_in_its_order(self, boss: Principal, receiver: Receiver) -> None:
        """What follows waits for what failed."""
        actions.create(boss, receiver.url)
        case = uuid4()
        receiver.next = [Answer(500)]
        first, second = happens(conversation=case), happens("conversation.solved", case)
        outbox.run_due()
        assert receiver.ids() == [str(first)]
        while later(60):
            pass
        assert receiver.ids() == [str(first), str(first), str(second)]

    def test_while_it_fails_its_other_calls_wait_untried(self, boss: Principal, receiver: Receiver) -> None:
        """Or each of ten thousand calls would wait for a receiver that does not answer."""
        actions.create(boss, receiver.url)
        receiver.always = Answer(500)
        for _ in range(5):
            happens()
        now = clock.now()
        with clock.frozen(now):
            assert outbox.run_due() == 1  # the others are not even looked at
        assert len(receiver.calls) == 1
        waiting = Outgoing.objects.filter(kind=KIND, attempt=0)
        assert waiting.count() == 4
        assert min(waiting.values_list("due_at", flat=True)) > now

    def test_a_receiver_that_is_busy_is_left_alone_as_long_as_it_asks(
        self, boss: Principal, receiver: Receiver
    ) -> None:
        actions.create(boss, receiver.url)
        receiver.next = [Answer(429, {"Retry-After": "600"})]
        happens()
        outbox.run_due()
        assert later(590) == 0
        assert later(602) == 1
        assert outcomes() == ["busy", "delivered"]

    def test_a_receiver_that_is_gone_is_called_no_more(self, boss: Principal, receiver: Receiver) -> None:
        made = actions.create(boss, receiver.url).subscription
        happens(), happens()
        receiver.always = Answer(410)
        outbox.run_due()
        made.refresh_from_db()
        assert (made.state, made.reason, len(receiver.calls)) == ("paused", "gone", 1)
        assert states() == ["parked", "parked"]
        assert events_of_webhooks() == ["created", "paused"]

    @pytest.mark.parametrize("status", [400, 413, 415, 422])
    def test_a_call_that_will_never_be_taken_is_given_up_at_once(
        self, boss: Principal, receiver: Receiver, status: int
    ) -> None:
        actions.create(boss, receiver.url)
        happens()
        receiver.next = [Answer(status, body="不要".encode())]
        outbox.run_due()
        assert states() == ["parked"]
        assert Attempt.objects.get().response == "不要"
        assert Subscription.objects.get().failures == 0

    @pytest.mark.parametrize(
        "location", ["http://169.254.169.254/latest/meta-data/", "/elsewhere", "https://receiver.example/"]
    )
    @pytest.mark.parametrize("status", [301, 302, 307])
    def test_nobody_is_followed_anywhere(self, boss: Principal, receiver: Receiver, status: int, location: str) -> None:
        """Not into the network of the house, and nowhere else: a POST would become something else."""
        actions.create(boss, receiver.url)
        happens()
        receiver.next = [Answer(status, {"Location": location})]
        outbox.run_due()
        assert (outcomes(), states(), len(receiver.calls)) == (["redirected"], ["waiting"], 1)

    def test_a_receiver_that_does_not_answer_in_time_is_cut_off(self, boss: Principal, receiver: Receiver) -> None:
        actions.create(boss, receiver.url)
        happens()
        settings.put(SYSTEM, "webhooks.timeout_s", 1)
        receiver.next = [Answer(200, after_s=3)]
        outbox.run_due()
        attempt = Attempt.objects.get()
        assert (attempt.outcome, attempt.status) == ("unreachable", None)
        assert 900 <= attempt.duration_ms < 2900

    def test_a_huge_answer_is_cut(self, boss: Principal, receiver: Receiver) -> None:
        actions.create(boss, receiver.url)
        happens()
        receiver.next = [Answer(200, body=b"x" * 5_000_000)]
        outbox.run_due()
        attempt = Attempt.objects.get()
        assert (attempt.outcome, len(attempt.response)) == ("delivered", 500)

    def test_an_address_that_leads_inside_is_not_called(self, boss: Principal, receiver: Receiver) -> None:
        """It was allowed when the webhook was made, or its name leads elsewhere now."""
        actions.create(boss, receiver.url)
        happens()
        settings.put(SYSTEM, "base.outbound_allowed", [])
        outbox.run_due()
        assert (outcomes(), receiver.calls) == (["forbidden"], [])

    def test_a_name_that_is_looked_up_again_gains_nothing(
        self, boss: Principal, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Outside when the webhook is made, inside when it is called: it is judged by the address that is called."""
        settings.put(SYSTEM, "base.outbound_allowed", [])
        monkeypatch.setattr("servewell.apps.base.ssrf.lookup", lambda host, port: ["93.184.215.14", "127.0.0.1"])
        actions.create(boss, f"http://rebinds.example:{receiver.url.split(':')[2]}")
        happens()
        outbox.run_due()
        assert (outcomes(), receiver.calls) == (["forbidden"], [])

    def test_one_that_fails_for_days_is_paused(self, boss: Principal, receiver: Receiver) -> None:
        made = actions.create(boss, receiver.url).subscription
        receiver.always = Answer(500)
        happens()
        for hours in (0, 6, 24, 48, 73):
            later(hours * 3600 + 60)
        made.refresh_from_db()
        assert (made.state, made.reason, made.failures) == ("paused", "failing", 5)
        assert events_of_webhooks() == ["created", "paused"]
        assert later(96 * 3600) == 1  # its turn comes, and it is given up
        assert states() == ["parked"]


def test_who_dies_between_call_and_settling_calls_again_with_the_same_id(
    boss: Principal, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the receiver can drop the second."""
    actions.create(boss, receiver.url)
    event = happens()

    class Killed(BaseException):
        """As SIGKILL: nothing after it runs."""

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(outbox, "_done", die)
        with pytest.raises(Killed):
            outbox.run_due()
    assert outbox.run_due() == 0  # its lease still holds
    assert later(61) == 1
    assert receiver.ids() == [str(event)] * 2
    assert states() == ["done"]


def test_sixteen_workers_make_each_call_once(boss: Principal, receiver: Receiver) -> None:
    actions.create(boss, receiver.url)
    told = [happens() for _ in range(40)]
    at_once(16, lambda _: outbox.run_due())
    assert sorted(receiver.ids()) == sorted(map(str, told))


def test_sixteen_changes_at_once_are_all_told(boss: Principal, receiver: Receiver) -> None:
    actions.create(boss, receiver.url)
    told = at_once(16, lambda _: happens())
    while outbox.run_due():
        pass
    assert sorted(receiver.ids()) == sorted(map(str, told))


def test_a_slow_receiver_holds_up_nobody_else(boss: Principal, receiver: Receiver) -> None:
    """Four workers make such calls; what else is in the outbox has its own."""
    actions.create(boss, receiver.url)
    receiver.always = Answer(200, after_s=0.8)
    happens()
    slow = threading.Thread(target=lambda: at_once(1, lambda _: outbox.run_due(only={KIND})))
    slow.start()
    assert outbox.run_due(without={KIND}) == 0
    slow.join()
    assert outcomes() == ["delivered"]


def test_calling_is_registered_for_the_worker() -> None:
    assert outbox._handlers[KIND].call is calling.make

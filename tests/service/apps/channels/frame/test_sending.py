"""What one of us writes goes out: once, in order, no faster than it may; `test_failing.py` has what does not."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.build import NOON
from tests.service.apps.channels import stub
from tests.service.apps.channels.frame.conftest import Browsing, made
from tests.service.apps.channels.stub import OtherSide
from tests.together import at_once

from servewell.apps.base import clock, outbox
from servewell.apps.base.models import Outgoing as Call
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import actions, pace
from servewell.apps.channels.frame.kinds import Outgoing, SendFailed, Sent
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.customers import actions as customers
from servewell.apps.customers.models import Identity

pytestmark = pytest.mark.django_db(transaction=True)


def contact(account: Account | None, **changes: Any) -> UUID:
    """Return a conversation that came by an account."""
    usual = {"channel": "sms", "source": "stub" if account else "", "account": account.id if account else None}
    return conversations.receive(SYSTEM, build.inbound(**{**usual, **changes})).conversation_id


def reply(conversation: UUID, text: str = "On its way.", **how: Any) -> UUID:
    return conversations.reply(SYSTEM, conversation, text=text, **how).id


def send_at(seconds: float) -> int:
    with clock.frozen(NOON + timedelta(seconds=seconds)):
        return outbox.run_due()


def message(id_: UUID) -> tuple[str, str, str]:
    row = Message.objects.get(pk=id_)
    return row.delivery, row.delivery_code, row.delivery_reason


def texts(side: OtherSide) -> list[str]:
    return [one.text for one in side.got]


def test_it_works(account: Account, side: OtherSide) -> None:
    """It goes out with all that a channel needs, and the name it has over there is kept."""
    file = build.attachment("label.txt", b"label")
    conversation = contact(account, subject="Parcel", thread="t-1")
    id_ = reply(conversation, attachments=[file.id])
    assert outbox.run_due() == 1
    (got,) = side.got
    row = Conversation.objects.get(pk=conversation)
    assert isinstance(got, Outgoing)
    assert (got.message_id, got.conversation_id, got.number, got.customer_id) == (
        id_,
        conversation,
        row.number,
        row.customer_id,
    )
    assert (got.text, got.subject, got.thread, got.key, got.attempt) == ("On its way.", "Parcel", "t-1", str(id_), 1)
    assert [(one.attachment_id, one.name, one.size) for one in got.files] == [(file.id, "label.txt", 5)]
    assert got.identities == {"email": "wang@example.com"}
    assert message(id_) == ("sent", "", "")
    assert Message.objects.get(pk=id_).external_id == f"there-{id_}"
    account.refresh_from_db()
    assert (account.last_out_at is not None, account.failing_since) == (True, None)


def test_of_several_identities_the_surest_is_told(account: Account, side: OtherSide, admin: Principal) -> None:
    """Of all records that were merged; proven goes before claimed."""
    conversation = contact(account)
    customer = Conversation.objects.get().customer_id
    other = customers.create(admin, name="Wang")
    customers.merge(admin, other.id, customer)
    now = clock.now()
    Identity.objects.create(
        customer_id=other.id, kind="email", value="later@example.com", shown="later@example.com", added_by_kind="agent",
        last_seen_at=now + timedelta(days=1),
    )  # fmt: skip
    Identity.objects.create(
        customer_id=other.id, kind="phone", value="+8613800138000", shown="138 0013 8000", added_by_kind="agent"
    )
    reply(conversation)
    outbox.run_due()
    assert side.got[0].identities == {"email": "wang@example.com", "phone": "138 0013 8000"}


def test_the_reply_costs_one_read_and_one_write_more(account: Account, side: OtherSide) -> None:
    conversation = contact(account)
    with CaptureQueriesContext(connection) as asked:
        reply(conversation)
    ours = [one["sql"] for one in asked if "base_outgoing" in one["sql"] or "select account, source" in one["sql"]]
    assert len(ours) == 2


def test_what_an_outside_system_carries_is_that_systems(side: OtherSide) -> None:
    """It has a source and no account: it fetches its answers, or hears of them by webhook."""
    reply(contact(None, source="shop"))
    assert not Call.objects.filter(kind="channels.send").exists()


def test_what_no_channel_speaks_is_only_kept(side: OtherSide) -> None:
    """A note of a telephone call goes nowhere."""
    reply(contact(None, channel="phone"))
    assert not Call.objects.filter(kind="channels.send").exists()


def test_a_reply_that_was_rolled_back_is_never_sent(account: Account, side: OtherSide) -> None:
    conversation = contact(account)
    with build.rolled_back():
        reply(conversation)
    assert outbox.run_due() == 0


def test_a_channel_that_does_not_send_has_sent_what_is_stored(account: Account, side: OtherSide) -> None:
    """The customer fetches it. Nothing was called: what is wrong with the account stays said."""
    with stub.registered(stub.channel(side, "fetched", send=None)):
        Account.objects.update(channel="fetched")
        actions.fails(account.id, "away")
        id_ = reply(contact(account))
        outbox.run_due()
    account.refresh_from_db()
    assert account.fault == "away"
    assert message(id_) == ("sent", "", "")
    assert side.calls == []


def test_what_the_channel_notes_is_written_with_the_settling(account: Account, side: OtherSide) -> None:
    noted = []

    def send(account: Account, message: Outgoing) -> Sent:
        return Sent(state="delivered", note=lambda: noted.append(connection.in_atomic_block))

    with stub.registered(stub.channel(side, "noting", send=send)):
        Account.objects.update(channel="noting")
        id_ = reply(contact(account))
        outbox.run_due()
    assert (noted, message(id_)[0]) == ([True], "delivered")


def test_a_name_over_there_that_another_has_is_not_taken(account: Account, side: OtherSide) -> None:
    """The message went out all the same, once."""
    with stub.registered(stub.channel(side, "same", send=lambda account, message: Sent(external_id="same"))):
        Account.objects.update(channel="same")
        first, second = reply(contact(account)), reply(contact(account, external_id="2"))
        assert outbox.run_due() == 2
    assert [message(one)[0] for one in (first, second)] == ["sent", "sent"]
    assert sorted(Message.objects.filter(pk__in=(first, second)).values_list("external_id", flat=True)) == ["", "same"]


def test_what_was_erased_meanwhile_is_not_sent(account: Account, side: OtherSide, admin: Principal) -> None:
    reply(contact(account))
    customers.erase(admin, Conversation.objects.get().customer_id)
    assert outbox.run_due() == 1
    assert side.calls == []


def test_what_a_report_settled_meanwhile_is_not_sent_again(account: Account, side: OtherSide) -> None:
    id_ = reply(contact(account))
    conversations.deliver(SYSTEM, id_, "delivered")
    outbox.run_due()
    assert side.calls == []


class TestDefaultAccount:
    """By which account does a conversation go that one of us began?"""

    def begun(self, admin: Principal, team: Any = None) -> tuple[UUID, UUID]:
        customer = build.customer()
        opened = conversations.open_for(admin, customer.id, channel="sms", text="Hello", team=team and team.id)
        assert opened.message is not None
        return opened.conversation_id, opened.message.id

    def test_it_works(self, account: Account, side: OtherSide, admin: Principal) -> None:
        """Its team's, else one of no team, else the first; and it keeps it."""
        day, night = build.team("Day"), build.team("Night")
        nights, days = made(admin, "N", team=night.id), made(admin, "D", team=day.id)
        wanted = [(day, days), (night, nights), (None, account), (build.team("Third"), account)]
        for team, expected in wanted:
            conversation, id_ = self.begun(admin, team)
            outbox.run_due()
            assert Conversation.objects.get(pk=conversation).account == expected.id
            assert message(id_)[0] == "sent"

    def test_a_paused_one_is_taken_when_there_is_no_other(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        """It goes out when that is let go on."""
        actions.pause(admin, account.id)
        _, id_ = self.begun(admin)
        outbox.run_due()
        assert message(id_)[0] == "queued"
        actions.resume(admin, account.id)
        outbox.run_due()
        assert message(id_)[0] == "sent"

    @pytest.mark.parametrize("language", ["en", "zh-Hans"])
    def test_without_any_it_fails_with_what_to_do(
        self, side: OtherSide, admin: Principal, browsing: Browsing, language: str
    ) -> None:
        """And goes out once there is one and somebody sends it again."""
        conversation, id_ = self.begun(admin)
        outbox.run_due()
        assert message(id_) == ("failed", "channels.fault.no_account", "")
        told = browsing("GET", f"/channels/messages/{id_}").json()
        assert (told["delivery"], told["can_send_again"]) == ("failed", True)
        assert told["sentence"].startswith("No account of this channel is set up")
        account = made(admin)
        assert browsing("POST", f"/channels/messages/{id_}/send").status_code == 202
        outbox.run_due()
        assert message(id_) == ("sent", "", "")
        assert Conversation.objects.get(pk=conversation).account == account.id


class TestPausing:
    """What waits keeps waiting, and goes out after."""

    def test_it_works(self, account: Account, side: OtherSide, admin: Principal) -> None:
        """In order, and without having cost an attempt."""
        conversation = contact(account)
        actions.pause(admin, account.id)
        ids = [reply(conversation, str(number)) for number in range(3)]
        outbox.run_due()
        outbox.run_due()
        assert side.calls == []
        actions.resume(admin, account.id)
        assert outbox.run_due() == 3
        assert texts(side) == ["0", "1", "2"]
        assert [message(id_)[0] for id_ in ids] == ["sent"] * 3
        assert [one.attempt for one in side.got] == [1, 1, 1]


class TestPace:
    """No account sends more in a minute than it may, over all workers."""

    @pytest.mark.parametrize("per_minute", [1, 2, 7, 10, 30, 600])
    def test_it_works(self, account: Account, per_minute: int) -> None:
        """In no minute are there more; and they are not held back for longer than they must."""
        with clock.frozen(NOON):
            turns = [pace.next_turn(account.id, per_minute) for _ in range(3 * per_minute)]
        assert turns == sorted(turns)
        minute = timedelta(minutes=1)
        for at, turn in enumerate(turns):
            assert sum(turn <= other < turn + minute for other in turns[at:]) <= per_minute
        assert turns[-1] - NOON <= timedelta(seconds=200)

    def test_after_a_rest_a_few_go_at_once(self, account: Account) -> None:
        with clock.frozen(NOON):
            pace.next_turn(account.id, 30)
        with clock.frozen(NOON + timedelta(hours=1)):
            turns = [pace.next_turn(account.id, 30) for _ in range(5)]
            assert turns[:4] == [clock.now()] * 4
            assert turns[4] > clock.now()

    def test_messages_wait_for_their_turn_and_are_asked_for_once_more_only(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        """At the moment it was given each goes; none has cost an attempt."""
        actions.change(admin, account.id, 1, {"per_minute": 6})
        with clock.frozen(NOON):
            ids = [reply(contact(account, external_id=str(n)), str(n)) for n in range(4)]
            assert outbox.run_due() == 4
            assert len(side.got) == 1
        for seconds, count in ((9, 1), (10, 2), (20, 3), (29, 3), (30, 4)):
            send_at(seconds)
            assert len(side.got) == count
        assert texts(side) == ["0", "1", "2", "3"]
        assert [one.attempt for one in side.got] == [1] * 4
        assert [message(id_)[0] for id_ in ids] == ["sent"] * 4

    def test_a_second_try_waits_for_a_turn_of_its_own(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        actions.change(admin, account.id, 1, {"per_minute": 1})
        with clock.frozen(NOON):
            reply(contact(account))
            side.failures = [SendFailed("busy", permanent=False)]
            outbox.run_due()
        send_at(6)
        send_at(59)
        assert len(side.calls) == 1
        send_at(60)
        assert len(side.calls) == 2

    def test_many_workers_keep_it_together(self, account: Account) -> None:
        turns = at_once(8, lambda number: [pace.next_turn(account.id, 60) for _ in range(5)])
        found = sorted(turn for some in turns if isinstance(some, list) for turn in some)
        assert len(found) == 40
        assert found[-1] - found[0] >= (40 - 7) * pace.apart(60) - timedelta(seconds=1)  # seven go at once


class TestOrder:
    """Messages of one conversation go out in theirs; conversations do not wait for each other."""

    def test_it_works(self, account: Account, side: OtherSide) -> None:
        one, other = contact(account), contact(account, external_id="2", identities=stub.identities("li"))
        with clock.frozen(NOON):
            for number in range(3):
                reply(one, f"one{number}")
                reply(other, f"other{number}")
            side.failures = [SendFailed("busy", permanent=False)]
            outbox.run_due()
            assert texts(side) == ["other0", "other1", "other2"]
        send_at(6)
        assert texts(side)[3:] == ["one0", "one1", "one2"]

    def test_one_that_failed_for_good_lets_the_next_pass(self, account: Account, side: OtherSide) -> None:
        conversation = contact(account)
        first, second = reply(conversation, "1"), reply(conversation, "2")
        side.failures = [SendFailed("refused", permanent=True)]
        outbox.run_due()
        assert (message(first)[0], message(second)[0]) == ("failed", "sent")


def test_the_transaction_of_the_reply_is_the_calls(account: Account, side: OtherSide) -> None:
    """A worker sees neither before both are there."""
    conversation = contact(account)
    with transaction.atomic():
        reply(conversation)
        assert at_once(1, lambda number: outbox.run_due()) == [0]
    assert outbox.run_due() == 1

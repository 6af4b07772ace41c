"""What does not go out is told in words, tried again, and sent again by a person."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests import build
from tests.build import NOON
from tests.service.apps.channels import stub
from tests.service.apps.channels.frame.conftest import Browsing, made
from tests.service.apps.channels.stub import OtherSide
from tests.together import at_once

from servewell.apps.base import clock, outbox
from servewell.apps.base.errors import OutsideFailure
from servewell.apps.base.models import Outgoing as Call
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import actions, options
from servewell.apps.channels.frame.actions import sending
from servewell.apps.channels.frame.errors import NoSuchMessage, NotFailed
from servewell.apps.channels.frame.kinds import Outgoing, SendFailed, Sent
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.models import Message
from servewell.apps.journal.models import Event
from servewell.apps.people.errors import NotAllowed

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


class TestFailures:
    """Told to the agents in words; tried again while that may help."""

    def test_a_passing_one_waits_with_its_reason(self, account: Account, side: OtherSide, browsing: Browsing) -> None:
        """The agent sees why, what the other side said, and when it is tried next; then it goes out."""
        with clock.frozen(NOON):
            id_ = reply(contact(account))
            side.failures = [SendFailed("busy", "421 try later", permanent=False)]
            outbox.run_due()
            assert message(id_) == ("queued", "channels_stub.fault.busy", "421 try later")
            told = browsing("GET", f"/channels/messages/{id_}").json()
            assert (told["words"], told["attempts"], told["can_send_again"]) == ("421 try later", 1, False)
            assert told["next_try_at"] > NOON.isoformat()
        assert send_at(6) == 1
        assert message(id_) == ("sent", "", "")
        assert side.calls == [str(id_)] * 2

    def test_the_same_reason_twice_is_told_once(self, account: Account, side: OtherSide) -> None:
        with clock.frozen(NOON):
            reply(contact(account))
            side.failures = [SendFailed("busy", "421", permanent=False)] * 2
            outbox.run_due()
        send_at(6)
        changed = Event.objects.filter(activity="conversation.delivery_changed")
        assert [one.attributes["delivery"] for one in changed] == ["queued"]

    def test_one_for_good_fails_at_once(self, account: Account, side: OtherSide) -> None:
        id_ = reply(contact(account))
        side.failures = [SendFailed("refused", "550 no such user", permanent=True)]
        outbox.run_due()
        assert message(id_) == ("failed", "channels_stub.fault.refused", "550 no such user")
        account.refresh_from_db()
        assert account.failing_since is None  # it is the message's fault, not the account's

    def test_any_failure_of_the_outside_is_understood(self, account: Account, side: OtherSide) -> None:
        passing, refused = reply(contact(account)), reply(contact(account, external_id="2"))
        side.failures = [OutsideFailure("503", permanent=False), OutsideFailure("404", permanent=True)]
        outbox.run_due()
        assert message(passing) == ("queued", "channels.fault.passing", "503")
        assert message(refused) == ("failed", "channels.fault.refused", "404")

    def test_a_fault_of_ours_waits_and_tells_no_more_than_its_kind(self, account: Account, side: OtherSide) -> None:
        id_ = reply(contact(account))
        side.failures = [ValueError("password hunter2")]
        outbox.run_due()
        assert message(id_) == ("queued", "channels.fault.broke", "ValueError")
        assert "hunter2" not in Call.objects.get(kind="channels.send").reason

    def test_after_about_a_day_it_is_given_up(self, account: Account, side: OtherSide) -> None:
        with clock.frozen(NOON):
            id_ = reply(contact(account))
        side.failures = [SendFailed("busy", "421", permanent=False)] * outbox.MOST_ATTEMPTS
        for number in range(outbox.MOST_ATTEMPTS):
            assert send_at(number * 5 * 3600) == 1
        assert message(id_) == ("failed", "channels.fault.given_up", "421")

    def test_one_that_kills_its_worker_is_given_up_at_last(self, account: Account, side: OtherSide) -> None:
        """Nobody hears a word of such a call: only that its lease ran out, again and again."""
        with clock.frozen(NOON):
            id_ = reply(contact(account))
        Call.objects.update(attempt=30)
        assert send_at(0) == 1
        assert message(id_) == ("failed", "channels.fault.given_up", "")
        assert side.calls == []

    def test_secrets_that_cannot_be_opened_fail_the_account(self, account: Account, side: OtherSide) -> None:
        def send(account: Account, message: Outgoing) -> Sent:
            options.of(account)
            raise AssertionError("it is not opened")

        with stub.registered(stub.channel(side, "sealed", send=send)):
            Account.objects.update(channel="sealed", sealed="0badc0de:xxx")
            id_ = reply(contact(account))
            outbox.run_due()
        account.refresh_from_db()
        assert message(id_)[:2] == ("queued", "channels.fault.secret")
        assert (account.fault, account.failing_since is not None) == ("channels.fault.secret", True)

    def test_where_the_whole_account_cannot_send_its_other_messages_wait_untried(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        """Others' do not; when it works again all go out at once."""
        other = made(admin, "Other")
        with clock.frozen(NOON):
            for number in range(5):
                reply(contact(account, external_id=f"a{number}"), f"a{number}")
            reply(contact(other, external_id="b"), "b")
            side.failures = [SendFailed("login", "535", permanent=False, whole=True)]
            outbox.run_due()
            assert (len(side.calls), texts(side)) == (2, ["b"])
            account.refresh_from_db()
            assert (account.fault, account.fault_words) == ("login", "535")
        with clock.frozen(NOON + timedelta(seconds=6)):
            assert outbox.run_due() == 5
            assert sorted(texts(side)) == ["a0", "a1", "a2", "a3", "a4", "b"]
        account.refresh_from_db()
        assert account.failing_since is None
        assert Event.objects.filter(activity="channel.recovered").count() == 1

    def test_a_removed_accounts_messages_fail_in_words(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        id_ = reply(contact(account))
        actions.remove(admin, account.id)
        outbox.run_due()
        assert message(id_)[:2] == ("failed", "channels.fault.account_removed")

    def test_so_do_those_of_a_channel_that_is_no_longer_installed(self, account: Account, side: OtherSide) -> None:
        id_ = reply(contact(account))
        Account.objects.update(channel="smoke")
        outbox.run_due()
        assert message(id_)[:2] == ("failed", "channels.fault.channel_gone")


class TestAgain:
    """A person sends again what failed."""

    @pytest.fixture
    def failed(self, account: Account, side: OtherSide) -> UUID:
        id_ = reply(contact(account))
        side.failures = [SendFailed("refused", "550", permanent=True)]
        outbox.run_due()
        return id_

    def test_it_works(self, failed: UUID, admin: Principal, side: OtherSide) -> None:
        """With the key it had: perhaps the other side has it after all."""
        actions.send_again(admin, failed)
        assert message(failed) == ("queued", "", "")
        outbox.run_due()
        assert message(failed) == ("sent", "", "")
        assert side.calls == [str(failed)] * 2

    def test_what_came_back_goes_as_a_new_one(self, account: Account, admin: Principal, side: OtherSide) -> None:
        """A mail that bounced was taken: with its old key the other side would drop it."""
        id_ = reply(contact(account))
        outbox.run_due()
        conversations.deliver(SYSTEM, id_, "failed", code="channels.fault.refused")
        actions.send_again(admin, id_)
        outbox.run_due()
        assert message(id_)[0] == "sent"
        first, second = side.calls
        assert first == str(id_)
        assert second.startswith(f"{id_}:")

    def test_only_what_failed(self, account: Account, admin: Principal, side: OtherSide) -> None:
        id_ = reply(contact(account))
        with pytest.raises(NotFailed):
            actions.send_again(admin, id_)
        theirs = Message.objects.get(position=1)
        with pytest.raises(NoSuchMessage):
            actions.send_again(admin, theirs.id)

    def test_twice_at_once_is_once(self, failed: UUID, admin: Principal, side: OtherSide) -> None:
        found = at_once(4, lambda number: actions.send_again(admin, failed))
        assert sorted(type(one).__name__ for one in found) == ["NoneType", *["NotFailed"] * 3]
        outbox.run_due()
        assert side.calls == [str(failed)] * 2

    def test_a_reply_meanwhile_does_not_wait_for_it_in_turn(
        self, account: Account, admin: Principal, side: OtherSide, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both take conversation, journal and outbox in this order: here the reply has all but the last."""
        conversation = contact(account)
        id_ = reply(conversation)
        outbox.run_due()
        conversations.deliver(SYSTEM, id_, "failed", code="channels.fault.refused")
        put, replying, putting = sending.put, threading.Event(), threading.Event()

        def slow(message: UUID, conversation: UUID, *, key: str = "") -> None:
            if not key:
                replying.set()
                putting.wait(2)
            put(message, conversation, key=key)
            putting.set()

        def work(number: int) -> Any:
            if number == 0:
                return reply(conversation)
            replying.wait(20)
            return actions.send_again(admin, id_)

        monkeypatch.setattr(sending, "put", slow)
        found = at_once(2, work)
        assert [type(one).__name__ for one in found] == ["UUID", "NoneType"]
        outbox.run_due()
        assert len(side.calls) == 3

    def test_only_who_may_write_there(self, failed: UUID) -> None:
        for role in ("agent", "auditor"):
            with pytest.raises(NotAllowed):
                actions.send_again(build.principal(role), failed)


def test_a_call_that_is_given_up_is_noted_with_it(account: Account, side: OtherSide, monkeypatch: Any) -> None:
    """Or not at all: when the message cannot be told of, the call is not parked either, and comes back."""
    id_ = reply(contact(account))
    side.failures = [SendFailed("refused", permanent=True)]
    with monkeypatch.context() as patched:
        patched.setattr(conversations, "deliver", lambda *given, **named: 1 / 0)
        with clock.frozen(NOON + timedelta(days=365)), pytest.raises(ZeroDivisionError):
            outbox.run_due()
    assert Call.objects.get(kind="channels.send").state == "waiting"
    with clock.frozen(NOON + timedelta(days=366)):
        assert outbox.run_due() == 1
    assert message(id_)[0] == "sent"

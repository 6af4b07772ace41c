"""What came in raw: kept, read once, set aside, never lost.

long because each way in which reading may fail is told apart here, with one set of helpers.
"""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.build import NOON
from tests.service.apps.channels import stub
from tests.service.apps.channels.frame.conftest import Browsing, made
from tests.service.apps.channels.stub import OtherSide
from tests.together import at_once

from servewell.apps.base import attachments, clock, direct
from servewell.apps.base.errors import AttachmentGone, AttachmentTooLarge
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import actions, arrivals
from servewell.apps.channels.frame.errors import NotAside
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import Conversation, Message
from servewell.apps.journal.models import Access, Event
from servewell.apps.people.errors import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)


def arrive(account: Account, name: str = "1", raw: bytes = b"wang: Hello", **how: Any) -> UUID:
    found = actions.arrived(account, name, raw, **how)
    assert found is not None
    return found.id


def states() -> list[tuple[str, str]]:
    return list(Arrival.objects.order_by("id").values_list("state", "outcome"))


def texts() -> list[str]:
    return list(Message.objects.order_by("recorded_at", "id").values_list("text", flat=True))


def read_at(seconds: float) -> int:
    with clock.frozen(NOON + timedelta(seconds=seconds)):
        return arrivals.read_due()


def told(name: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(activity=f"channel.{name}").values_list("attributes", flat=True))


def test_it_works(account: Account, side: OtherSide) -> None:
    """Kept as it came, read by its channel, and a message; what else the channel writes is written with it."""
    id_ = arrive(account, raw=b"wang: Hello", about="wang")
    row = Arrival.objects.get(pk=id_)
    assert (row.state, row.size, row.about, row.external_id) == ("waiting", 11, "wang", "1")
    assert arrivals.read_due() == 1
    row.refresh_from_db()
    message = Message.objects.get()
    assert (row.state, row.message_id, row.conversation_id) == ("taken", message.id, message.conversation_id)
    assert (row.author_id, row.customer_id) == (message.author, message.conversation.customer_id)
    assert row.settled_at is not None
    assert side.taken == [b"wang: Hello"]
    assert [one.message_id for one in side.after] == [message.id]
    assert arrivals.read_due() == 0


def test_the_same_place_is_one_arrival(account: Account, side: OtherSide, admin: Principal) -> None:
    """Of one account; the bytes of the repetition are part of nothing, and without a place each is kept."""
    arrive(account)
    assert actions.arrived(account, "1", b"wang: Hello again") is None
    assert Attachment.objects.count() == 1
    arrive(made(admin, "Other"))
    arrive(account, "")
    arrive(account, "")
    assert len(states()) == 4


def test_of_eight_that_bring_the_same_at_once_one_is_kept(account: Account) -> None:
    found = at_once(8, lambda number: actions.arrived(account, "1", b"wang: Hello"))
    assert sorted(one is None for one in found) == [False] + [True] * 7
    assert Arrival.objects.count() == Attachment.objects.count() == 1


def test_a_place_with_a_long_name_still_tells_two_apart(account: Account) -> None:
    arrive(account, "x" * 300 + "1")
    arrive(account, "x" * 300 + "2")
    assert actions.arrived(account, "x" * 300 + "2", b"wang: Hello") is None


def test_it_is_streamed_and_held_to_its_channels_limit(account: Account, side: OtherSide, admin: Principal) -> None:
    """Nothing of one that is too large is kept."""
    with stub.registered(stub.channel(side, "small", arrival_limit=2**20)):
        small = actions.create(admin, "small", {"name": "S", "options": {"host": "h"}})
        assert actions.arrived(small, "1", BytesIO(b"x" * 2**20)) is not None
        with pytest.raises(AttachmentTooLarge):
            actions.arrived(small, "2", BytesIO(b"x" * (2**20 + 1)))
    big = actions.arrived(account, "3", BytesIO(b"x" * 41 * 2**20))
    assert big is not None
    assert big.size == 41 * 2**20
    assert Arrival.objects.count() == 2


def test_from_its_arrival_to_its_end_it_takes_twelve_statements(account: Account, side: OtherSide) -> None:
    """Of somebody new, without files, savepoints counted: one to keep it, two to read it, the rest is the reception's.

    The account is looked up once a version, beside.
    """
    arrive(account, "0", b"li: Hello")
    arrivals.read_due()
    with CaptureQueriesContext(connection) as kept:
        arrive(account)
    assert len(counted(kept)) == 1
    with CaptureQueriesContext(connection) as read:
        arrivals.read_due(limit=1)
    assert len([sql for sql in counted(read) if "channels_arrival" in sql]) == 2
    assert len(counted(kept) + counted(read)) <= 12


def counted(asked: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in asked if query["sql"] not in ("BEGIN", "COMMIT")]


def test_who_reads_is_woken(account: Account) -> None:
    with direct.connect() as listener:
        listener.execute("listen servewell_channels")
        arrive(account)
        with direct.connect() as own:
            own.execute("select pg_notify('servewell_channels', 'the end')")
        assert [notice.payload for notice in listener.notifies(timeout=30, stop_after=2)] == ["arrival", "the end"]


class TestOrder:
    """What comes by one account is read in its order; accounts do not wait for each other."""

    def test_it_works(self, account: Account) -> None:
        for number in range(5):
            arrive(account, str(number), f"wang: {number}".encode())
        assert arrivals.read_due() == 5
        assert texts() == ["0", "1", "2", "3", "4"]

    def test_while_one_is_being_read_the_next_of_its_account_waits(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        """The other account's does not."""
        other = made(admin, "Other")
        arrive(account, "1")
        arrive(account, "2")
        arrive(other, "3")
        claimed = [arrivals._claim() for _ in range(3)]
        assert [[one.external_id for one, _ in together] for together in claimed] == [["1"], ["3"], []]

    def test_many_workers_read_each_once_and_in_order(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        others = [made(admin, name) for name in ("b", "c")]
        for number in range(6):
            for one in (account, *others):
                arrive(one, str(number), f"wang-{one.name}: {one.name}{number}".encode())

        def work(_: int) -> int:
            done = 0
            while Arrival.objects.filter(state="waiting").exists():
                done += arrivals.read_due()
            return done

        counts = at_once(4, work)
        assert [one for one in counts if not isinstance(one, int)] == []
        assert len(side.taken) == 18
        for one in (account, *others):
            mine = [text for text in texts() if text.startswith(one.name)]
            assert mine == [f"{one.name}{number}" for number in range(6)]

    def test_one_that_is_tried_later_does_not_hold_the_next_back(self, account: Account, side: OtherSide) -> None:
        with clock.frozen(NOON - timedelta(seconds=1)):
            arrive(account, "1", b"wang: first")
        with clock.frozen(NOON):
            arrive(account, "2", b"wang: second")
            side.failures = [RuntimeError("ours")]
            assert arrivals.read_due() == 2
            assert texts() == ["second"]
        assert read_at(60) == 1
        assert texts() == ["second", "first"]


class TestFailures:
    """A fault of ours loses nothing."""

    def test_it_is_tried_three_times_and_then_set_aside(self, account: Account, side: OtherSide) -> None:
        with clock.frozen(NOON):
            id_ = arrive(account)
            side.failures = [RuntimeError("wang@example.com")] * 3
            assert arrivals.read_due() == 1
        assert read_at(9) == 0
        assert read_at(10) == 1
        assert read_at(69) == 0
        assert read_at(70) == 1
        row = Arrival.objects.get()
        assert (row.state, row.outcome, row.words, row.attempt) == ("aside", "fault", "RuntimeError", 3)
        assert told("set_aside") == [{"account": str(account.id), "arrival": str(id_), "outcome": "fault"}]

    @pytest.mark.parametrize("fault", [OSError("no disk"), OperationalError("no database")])
    def test_while_disk_or_database_is_away_nothing_is_set_aside(
        self, account: Account, side: OtherSide, fault: Exception
    ) -> None:
        """For half a day; then it is, for a person to see."""
        with clock.frozen(NOON):
            arrive(account)
        side.failures = [fault] * 60
        for seconds in (0, 10, 20, 40, 80, 160, 3600, 4500, 5400):
            assert read_at(seconds) == 1
        assert Arrival.objects.values_list("state", "attempt", "words").get() == ("waiting", 0, type(fault).__name__)
        for tries in range(3):
            assert read_at(12 * 3600 + 100 * tries) == 1
        assert states() == [("aside", "fault")]

    def test_all_that_was_set_aside_of_an_account_is_read_again(
        self, account: Account, side: OtherSide, admin: Principal
    ) -> None:
        """As far as it is kept; what another account has stays."""
        other = made(admin, "other")
        ids = [arrive(account, str(number), f"rubbish {number}".encode()) for number in range(3)]
        arrive(other, "x", b"rubbish")
        arrivals.read_due()
        Arrival.objects.filter(pk=ids[2]).update(raw=None)
        assert actions.retry_all(admin, account.id) == 2
        assert sorted(Arrival.objects.filter(state="waiting").values_list("id", flat=True)) == sorted(ids[:2])
        assert sorted(one["arrival"] for one in told("retried")) == sorted(map(str, ids[:2]))
        assert actions.retry_all(admin, account.id) == 0
        with pytest.raises(NotAllowed):
            actions.retry_all(build.principal("lead"), account.id)

    def test_one_that_passes_is_read_at_the_next_try(self, account: Account, side: OtherSide) -> None:
        with clock.frozen(NOON):
            arrive(account)
            side.failures = [RuntimeError("ours")]
            arrivals.read_due()
        assert read_at(10) == 1
        assert states() == [("taken", "")]

    def test_what_is_unreadable_is_set_aside_at_once(self, account: Account, side: OtherSide) -> None:
        arrive(account, raw=b"rubbish")
        assert arrivals.read_due() == 1
        row = Arrival.objects.get()
        assert (row.state, row.outcome, row.words) == ("aside", "unreadable", "no colon")

    def test_a_code_of_the_channels_own_is_a_refusal_with_words(self, account: Account, side: OtherSide) -> None:
        arrive(account)
        side.failures = [stub.Unfit("odd", "too odd")]
        arrivals.read_due()
        assert Arrival.objects.values_list("outcome", "words").get() == ("refused", "odd: too odd")

    def test_what_is_half_written_is_not(
        self, account: Account, side: OtherSide, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """When what the channel writes beside fails, the message is not there either."""

        def fails(received: Any) -> None:
            raise RuntimeError("ours")

        monkeypatch.setattr(side, "after", type("After", (), {"append": staticmethod(fails)}))
        arrive(account)
        arrivals.read_due()
        assert not Message.objects.exists()
        assert states() == [("waiting", "")]

    def test_bytes_that_are_gone_are_set_aside(self, account: Account, side: OtherSide, monkeypatch: Any) -> None:
        def gone(sha256: str) -> Any:
            raise AttachmentGone

        arrive(account)
        monkeypatch.setattr(attachments, "stream", gone)
        arrivals.read_due()
        assert states() == [("aside", "fault")]

    def test_what_kills_its_reader_is_set_aside_at_last(self, account: Account, side: OtherSide) -> None:
        """A claim that ran out counts as an attempt of which nothing was heard."""
        with clock.frozen(NOON):
            arrive(account)
            assert arrivals._claim()
            assert arrivals.read_due() == 0  # it is being read
        for number in range(1, 5):
            with clock.frozen(NOON + timedelta(seconds=200 * number)):
                assert arrivals._claim()
        assert read_at(2000) == 1
        assert side.taken == []
        assert states() == [("aside", "fault")]

    def test_who_lost_the_claim_settles_nothing(self, account: Account, side: OtherSide) -> None:
        """Its lease ran out, another worker read it: one message."""
        with clock.frozen(NOON):
            arrive(account)
            (slow,) = arrivals._claim()
        assert read_at(121) == 1
        arrivals._read(*slow)
        assert texts() == ["Hello"]
        assert states() == [("taken", "")]

    def test_what_is_no_message_passes_with_its_reason(self, account: Account, side: OtherSide) -> None:
        id_ = arrive(account, raw=b"wang: bounce")
        arrivals.read_due()
        assert states() == [("passed", "bounce")]
        assert told("passed") == [{"account": str(account.id), "arrival": str(id_), "outcome": "bounce"}]
        assert side.after == [None]
        assert not Conversation.objects.exists()

    def test_a_message_that_we_have_is_a_repeat(self, account: Account, side: OtherSide) -> None:
        """It came in once more at another place: by another worker's second try, or after a move of the mailbox."""
        arrive(account, "1")
        arrivals.read_due()
        Arrival.objects.update(external_id="elsewhere")
        arrive(account, "1")
        arrivals.read_due()
        assert states() == [("taken", ""), ("passed", "repeat")]
        assert texts() == ["Hello"]


class TestAccounts:
    """Paused and removed ones."""

    def test_what_came_by_a_paused_account_waits(self, account: Account, admin: Principal) -> None:
        arrive(account)
        actions.pause(admin, account.id)
        assert arrivals.read_due() == 0
        actions.resume(admin, account.id)
        assert arrivals.read_due() == 1

    def test_what_came_before_an_account_was_removed_is_read_still(self, account: Account, admin: Principal) -> None:
        arrive(account)
        actions.pause(admin, account.id)
        actions.remove(admin, account.id)
        assert arrivals.read_due() == 1
        assert texts() == ["Hello"]

    def test_a_changed_account_is_read_as_it_is_now(self, account: Account, admin: Principal) -> None:
        arrive(account, "1")
        arrivals.read_due()
        actions.change(admin, account.id, 1, {"team": build.team("Night").id})
        arrive(account, "2", b"li: Good night")
        arrivals.read_due()
        assert Conversation.objects.order_by("-number")[0].team.name == "Night"  # type: ignore[union-attr]


class TestByHand:
    """What was set aside is read again, looked at, or thrown away."""

    @pytest.fixture
    def aside(self, account: Account, side: OtherSide) -> UUID:
        id_ = arrive(account, raw=b"rubbish", about="from nobody")
        arrivals.read_due()
        return id_

    def test_it_works(self, aside: UUID, account: Account, browsing: Browsing, side: OtherSide) -> None:
        """It is listed with its reason in words, and read again once we can."""
        (item,) = browsing("GET", f"/channels/arrivals?account={account.id}").json()["items"]
        assert (item["id"], item["outcome"], item["about"], item["has_raw"]) == (
            str(aside),
            "unreadable",
            "from nobody",
            True,
        )
        assert item["sentence"].startswith("It is not of the form")
        answer = browsing("POST", f"/channels/arrivals/{aside}/retry")
        assert answer.json()["state"] == "waiting"
        side.take = lambda account, arrival, raw: stub.Taken(outcome="own")  # type: ignore[method-assign]
        with stub.registered(stub.channel(side, "mended")):
            Account.objects.update(channel="mended", version=2)
            assert arrivals.read_due() == 1
        assert states() == [("passed", "own")]
        assert told("retried") == [{"account": str(account.id), "arrival": str(aside)}]

    def test_who_read_of_it_is_remembered(self, aside: UUID, account: Account, browsing: Browsing) -> None:
        """The line it is known by names people."""
        browsing("GET", f"/channels/arrivals?account={account.id}")
        browsing("GET", f"/channels/arrivals/{aside}")
        noted = Access.objects.filter(subject_kind="arrival").values_list("what", "subject")
        assert sorted(noted) == [("arrival.listed", account.id), ("arrival.read", aside)]

    def test_all_is_read_again_by_one_call(self, aside: UUID, account: Account, browsing: Browsing) -> None:
        answer = browsing("POST", f"/channels/accounts/{account.id}/arrivals/retry")
        assert (answer.status_code, answer.json()) == (200, {"retried": 1})

    def test_one_that_still_cannot_be_read_is_set_aside_anew(self, aside: UUID, admin: Principal) -> None:
        actions.retry(admin, aside)
        arrivals.read_due()
        assert states() == [("aside", "unreadable")]

    def test_it_is_downloaded_as_text_that_nothing_renders(self, aside: UUID, browsing: Browsing) -> None:
        answer = browsing("GET", f"/channels/arrivals/{aside}/raw")
        assert b"".join(answer.streaming_content) == b"rubbish"
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{aside}.txt"'
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_it_is_discarded_with_its_bytes(self, aside: UUID, admin: Principal, browsing: Browsing) -> None:
        actions.discard(admin, aside)
        row = Arrival.objects.get()
        assert (row.state, row.raw, row.about) == ("discarded", None, "")
        assert not Attachment.objects.exists()
        assert browsing("GET", f"/channels/arrivals/{aside}/raw").status_code == 410

    def test_what_is_not_set_aside_is_left_alone(self, account: Account, admin: Principal) -> None:
        id_ = arrive(account)
        for verb in (actions.retry, actions.discard):
            with pytest.raises(NotAside):
                verb(admin, id_)

    def test_a_list_has_pages(self, account: Account, browsing: Browsing) -> None:
        Arrival.objects.bulk_create(Arrival(account=account, state="aside", outcome="fault") for _ in range(51))
        first = browsing("GET", "/channels/arrivals").json()
        second = browsing("GET", f"/channels/arrivals?cursor={first['next']}").json()
        assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 1, None)
        assert len({one["id"] for one in first["items"] + second["items"]}) == 51

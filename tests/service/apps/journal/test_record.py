"""What does recording an event do?"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import build

from servewell.apps.base import clock
from servewell.apps.journal import listening
from servewell.apps.journal.actions import record, record_all, record_soon, together
from servewell.apps.journal.errors import EventRefused
from servewell.apps.journal.events import Actor, Event
from servewell.apps.journal.listening import Recorded
from servewell.apps.journal.models import Event as Row


def test_it_works() -> None:
    """An event is written with its twelve fields and numbered within its conversation."""
    case, agent, customer, team = uuid4(), uuid4(), uuid4(), uuid4()
    first = record(Event("conversation.opened", case, customer, channel="chat"))
    second = record(
        Event(
            "conversation.replied",
            case,
            customer,
            actor=Actor("agent", agent),
            team=team,
            channel="chat",
            contact_type="complaint",
            sentiment="negative",
            attributes={"message": agent, "suggested": True},
        )
    )
    row = Row.objects.get(id=second.id)
    assert (first.seq, second.seq, row.seq) == (1, 2, 2)
    assert (row.conversation, row.customer, row.activity, row.lifecycle) == (
        case,
        customer,
        "conversation.replied",
        "complete",
    )
    assert (row.actor_kind, row.actor, row.team, row.channel) == ("agent", agent, team, "chat")
    assert (row.contact_type, row.sentiment) == ("complaint", "negative")
    assert row.attributes == {"message": str(agent), "suggested": True}
    assert (row.occurred_at, row.recorded_at) == (second.occurred_at, second.recorded_at)


def test_each_conversation_counts_for_itself() -> None:
    assert [record(build.event()).seq for _ in range(3)] == [1, 1, 1]


def test_an_event_without_a_conversation_has_no_number() -> None:
    assert record(Event("base.setting_changed")).seq is None


def test_a_flow_element_carries_flow_version_and_element() -> None:
    recorded = record(
        build.event("flow.element", flow="refund", version=3, element="Task_approve", lifecycle="start", amount=-1999)
    )
    row = Row.objects.get(id=recorded.id)
    assert (row.flow, row.version, row.element, row.lifecycle, row.amount) == (
        "refund",
        3,
        "Task_approve",
        "start",
        -1999,
    )


def test_time_does_not_run_backwards_within_a_conversation() -> None:
    """The clock of the machine that records second may be behind: what it records is still later, not earlier."""
    case = uuid4()
    with clock.frozen(build.NOON):
        record(build.event(conversation=case))
    with clock.frozen(build.NOON - timedelta(seconds=3)):
        second = record(build.event("conversation.closed", case))
    assert (second.occurred_at, second.recorded_at) == (build.NOON, build.NOON)


def test_what_occurred_earlier_is_recorded_now() -> None:
    with clock.frozen(build.NOON):
        recorded = record(build.event(occurred_at=build.NOON - timedelta(days=40)))
    assert (recorded.occurred_at, recorded.recorded_at) == (build.NOON - timedelta(days=40), build.NOON)


def test_recording_belongs_in_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record(build.event())


def test_recorded_at_is_not_the_callers_to_say() -> None:
    with pytest.raises(ValueError, match="journal's to say"):
        record(build.history())


def test_a_refused_event_writes_nothing() -> None:
    with pytest.raises(EventRefused):
        record(build.event("conversation.invented"))
    assert not Row.objects.exists()


@pytest.mark.parametrize("change", ["update journal_event set channel = 'email'", "delete from journal_event"])
def test_the_journal_is_append_only(change: str) -> None:
    record(build.event())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize("whole", [True, False])
def test_neither_the_journal_nor_a_partition_can_be_emptied(whole: bool) -> None:
    recorded = record(build.event())
    table = "journal_event" if whole else f"journal_event_{recorded.occurred_at:%Y_%m}"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"truncate {table}")


def test_a_partition_itself_refuses_changes_too() -> None:
    recorded = record(build.event())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"delete from journal_event_{recorded.occurred_at:%Y_%m}")


class TestListening:
    """Higher rooms hear of what happens below, inside its transaction."""

    @pytest.fixture(autouse=True)
    def _own_listeners(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(listening, "_listeners", {})

    def listen(self, room: str, listener: listening.Listener, name: str = "conversation.opened") -> None:
        listener.__module__ = f"servewell.apps.{room}.listeners"
        listening.listens(name)(listener)

    def test_a_listener_gets_the_event_and_what_the_journal_gave_it(self) -> None:
        heard: list[tuple[Event, Recorded]] = []
        self.listen("flows", lambda event, recorded: heard.append((event, recorded)))
        event = build.event()
        recorded = record(event)
        assert heard == [(event, recorded)]

    def test_lower_floors_hear_first(self) -> None:
        heard: list[str] = []
        for room in ("insight", "routing", "promises", "flows"):
            self.listen(room, lambda event, recorded, room=room: heard.append(room))  # type: ignore[misc]
        record(build.event())
        assert heard == ["promises", "routing", "flows", "insight"]

    def test_what_a_listener_raises_rolls_everything_back(self, transactional_db: None) -> None:
        def fail(event: Event, recorded: Recorded) -> None:
            raise LookupError("no promise")

        self.listen("promises", fail)
        with pytest.raises(LookupError), transaction.atomic():
            record(build.event())
        assert not Row.objects.exists()

    def test_a_listener_may_record_what_follows(self) -> None:
        case = uuid4()

        def classify(event: Event, recorded: Recorded) -> None:
            record(build.event("conversation.classified", event.conversation))

        self.listen("understanding", classify)
        record(build.event(conversation=case))
        assert [(row.seq, row.activity) for row in Row.objects.filter(conversation=case).order_by("seq")] == [
            (1, "conversation.opened"),
            (2, "conversation.classified"),
        ]

    def test_nobody_listens_upwards(self) -> None:
        with pytest.raises(ValueError, match="lower floor"):
            self.listen("conversations", lambda event, recorded: None, "flow.started")

    def test_neighbours_do_not_listen_to_each_other(self) -> None:
        with pytest.raises(ValueError, match="lower floor"):
            self.listen("conversations", lambda event, recorded: None)


@pytest.mark.parametrize(
    ("moment", "partition"),
    [
        (datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "2025_12"),  # the last moment of a year
        (datetime(2026, 1, 1, tzinfo=UTC), "2026_01"),  # and the first of the next
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "2024_02"),  # leap day
        (datetime.fromisoformat("2026-03-01T02:00:00+08:00"), "2026_02"),  # the month is UTC's, not Shanghai's
        (datetime.fromisoformat("2026-02-28T20:00:00-05:00"), "2026_03"),  # nor New York's
        (datetime(1, 1, 1, tzinfo=UTC), "0001_01"),  # the first moment Python knows
        (datetime(1969, 7, 20, tzinfo=UTC), "1969_07"),  # before 1970
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "9999_12"),  # and the last month
    ],
)
def test_an_event_of_any_month_finds_its_partition(moment: datetime, partition: str) -> None:
    recorded = record(build.event(occurred_at=moment))
    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text from journal_event where id = %s", [recorded.id])
        assert cursor.fetchone() == (f"journal_event_{partition}",)
    assert recorded.occurred_at == moment


def test_event_ids_sort_by_when_they_were_made() -> None:
    made = [record(build.event()).id for _ in range(20)]
    assert [UUID(str(id_)).version for id_ in made] == [7] * 20


# --- Several at once ----------------------------------------------------------------------------------------------


def test_several_of_one_conversation_are_numbered_in_their_order() -> None:
    """In one statement; they come after what was recorded before, and before what is recorded next."""
    conversation = uuid4()
    with transaction.atomic():
        record(build.event(conversation=conversation))
        with CaptureQueriesContext(connection) as captured:
            told = record_all(
                [
                    build.event("conversation.message_received", conversation, attributes={"attachments": n})
                    for n in range(3)
                ]
            )
        record(build.event("conversation.solved", conversation))
    assert len(captured) == 1
    assert [one.seq for one in told] == [2, 3, 4]
    rows = Row.objects.filter(conversation=conversation).order_by("seq")
    assert [(row.activity, (row.attributes or {}).get("attachments")) for row in rows] == [
        ("conversation.opened", None),
        *(("conversation.message_received", n) for n in range(3)),
        ("conversation.solved", None),
    ]
    assert [one.id for one in told] == [row.id for row in rows][1:4]


def test_what_is_recorded_together_is_as_if_it_were_recorded_one_by_one() -> None:
    """Every column, but ids, numbers and moments of its own."""
    at = build.NOON
    given = {
        "customer": uuid4(),
        "actor": Actor("agent", uuid4()),
        "team": uuid4(),
        "channel": "email",
        "contact_type": "complaint",
        "sentiment": "negative",
        "occurred_at": at,
        "attributes": {"attachments": 2, "status": "open"},
    }
    together, alone = uuid4(), uuid4()
    with transaction.atomic():
        record_all([build.event("conversation.message_received", together, **given) for _ in range(2)])
        for _ in range(2):
            record(build.event("conversation.message_received", alone, **given))
    leave = ("id", "conversation", "recorded_at")
    rows = [
        {name: value for name, value in row.items() if name not in leave}
        for conversation in (together, alone)
        for row in Row.objects.filter(conversation=conversation).order_by("seq").values()
    ]
    assert rows[:2] == rows[2:]


def test_several_of_several_conversations_are_refused() -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="one conversation"):
        record_all([build.event(), build.event()])


class TestTogether:
    """What is of no conversation waits for what comes next, and nobody can tell."""

    def test_it_works(self) -> None:
        """One statement; in its order, each as if it had been recorded by itself; who listens hears each."""
        conversation, customer = uuid4(), uuid4()
        with transaction.atomic(), CaptureQueriesContext(connection) as captured, together():
            record_soon(Event("customer.created", customer=customer, attributes={"identities": 1}))
            told = record_all([build.event("conversation.opened", conversation) for _ in range(2)])
        assert len(captured) == 1
        assert [one.seq for one in told] == [1, 2]
        rows = Row.objects.filter(conversation=conversation).order_by("seq")
        assert [row.id for row in rows] == [one.id for one in told]
        created = Row.objects.get(customer=customer)
        assert (created.conversation, created.seq, created.attributes) == (None, None, {"identities": 1})
        assert created.recorded_at == created.occurred_at == told[0].recorded_at

    def test_what_nothing_follows_is_written_at_the_end(self) -> None:
        customer = uuid4()
        with transaction.atomic():
            with together():
                record_soon(Event("customer.created", customer=customer, attributes={"identities": 1}))
                assert not Row.objects.filter(customer=customer).exists()
            assert Row.objects.filter(customer=customer).exists()

    def test_what_is_recorded_at_once_comes_behind_it(self) -> None:
        customer = uuid4()
        with transaction.atomic(), together():
            record_soon(Event("customer.created", customer=customer, attributes={"identities": 1}))
            record(Event("customer.met", customer=customer))
        assert list(
            Row.objects.filter(customer=customer).order_by("recorded_at").values_list("activity", flat=True)
        ) == [
            "customer.created",
            "customer.met",
        ]

    def test_who_listens_hears_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        heard: list[tuple[str, bool]] = []
        monkeypatch.setattr(listening, "of", lambda name: [lambda event, one: heard.append((name, one.seq is None))])
        with transaction.atomic(), together():
            record_soon(Event("customer.created", customer=uuid4(), attributes={"identities": 1}))
            assert heard == []
            record_all([build.event("conversation.opened", uuid4())])
        assert heard == [("customer.created", True), ("conversation.opened", False)]

    def test_what_fails_leaves_nothing_to_the_next(self) -> None:
        customer = uuid4()

        def fail() -> None:
            with transaction.atomic(), together():
                record_soon(Event("customer.created", customer=customer, attributes={"identities": 1}))
                raise LookupError

        with pytest.raises(LookupError):
            fail()
        with transaction.atomic(), together():
            record_all([build.event()])
        assert not Row.objects.filter(customer=customer).exists()

    def test_outside_it_nothing_waits(self) -> None:
        customer = uuid4()
        with transaction.atomic():
            record_soon(Event("customer.created", customer=customer, attributes={"identities": 1}))
            assert Row.objects.filter(customer=customer).exists()

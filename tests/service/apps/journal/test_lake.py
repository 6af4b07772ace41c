"""Do lake and tail hold every event once, whatever comes late?"""

import json
import os
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import pytest_django
from django.db import connection, transaction
from tests import build
from tests.together import at_once

from servewell.apps.base import clock
from servewell.apps.journal import jobs, lake, queries
from servewell.apps.journal.actions import erase_customer, load, record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.journal.models import Event as Row
from servewell.apps.journal.models import LakeMonth, Late

pytestmark = pytest.mark.usefixtures("transactional_db")
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: pytest_django.Settings) -> None:
    settings.DATA = tmp_path


def seed(*months: int, each: int = 5) -> None:
    """Load events of 2026 in these months."""
    load(build.history(at=datetime(2026, m, 1 + n, 12, tzinfo=UTC)) for m in months for n in range(each))


def export(at: datetime = NOW) -> list[str]:
    with clock.frozen(at):
        return [path.name for path in lake.export_closed()]


def everything() -> Counter[str]:
    """Return how often each event is in lake and tail."""
    snapshot = lake.read()
    found = [id_ for file in snapshot.files for id_ in pq.read_table(file)["id"].to_pylist()]
    return Counter(found + snapshot.tail["id"].to_pylist())


def all_once() -> bool:
    return everything() == Counter(str(id_) for id_ in Row.objects.values_list("id", flat=True))


def late(month: int = 3) -> None:
    with clock.frozen(NOW), transaction.atomic():
        record(build.event(occurred_at=datetime(2026, month, 5, tzinfo=UTC)))


def test_it_works() -> None:
    """Closed months become files, the month that runs stays in PostgreSQL; together they are everything, once."""
    seed(3, 4, 5)
    assert export() == ["2026-03.g1.parquet", "2026-04.g1.parquet"]
    assert [path.name for path in lake.scan()] == ["2026-03.g1.parquet", "2026-04.g1.parquet"]
    assert lake.tail().num_rows == 5
    assert all_once()
    assert export() == []


def test_without_events_there_is_nothing() -> None:
    assert export() == []
    snapshot = lake.read()
    assert (snapshot.files, snapshot.tail.num_rows, snapshot.version) == ([], 0, "")


def test_what_is_not_exported_yet_is_all_tail() -> None:
    seed(3, 4)
    assert lake.tail().num_rows == 10


def test_a_month_is_closed_a_day_after_its_end() -> None:
    seed(4)
    assert export(datetime(2026, 5, 1, 23, 59, tzinfo=UTC)) == []
    assert export(datetime(2026, 5, 2, 0, 1, tzinfo=UTC)) == ["2026-04.g1.parquet"]


def test_months_far_in_the_future_stay_in_the_tail() -> None:
    load([build.history(at=datetime(9999, 12, 31, tzinfo=UTC)), build.history(at=datetime(1, 1, 1, tzinfo=UTC))])
    assert export() == ["0001-01.g1.parquet"]
    assert lake.tail()["occurred_at"].cast(pa.int64()).to_pylist() == [253402214400000000]
    assert all_once()


def test_every_field_comes_through() -> None:
    case, customer, agent, team = uuid4(), uuid4(), uuid4(), uuid4()
    at = datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=UTC)
    event = Event(
        "flow.element",
        case,
        customer,
        "start",
        Actor("agent", agent),
        team,
        "wechat",
        "complaint",
        "negative",
        "refund",
        2,
        "Task_1",
        -100,
        {"round": 2, "outcome": "granted"},
        at,
        at + timedelta(microseconds=1),
    )
    load([event, build.history(at=at)])
    expected = {
        "occurred_at": at,
        "recorded_at": at + timedelta(microseconds=1),
        "conversation": str(case),
        "seq": 1,
        "customer": str(customer),
        "activity": "flow.element",
        "lifecycle": "start",
        "actor_kind": "agent",
        "actor": str(agent),
        "team": str(team),
        "channel": "wechat",
        "contact_type": "complaint",
        "sentiment": "negative",
        "flow": "refund",
        "version": 2,
        "element": "Task_1",
        "amount": -100,
    }

    def one(table: pa.Table) -> dict[str, Any]:
        (row,) = [row for row in table.to_pylist() if row["conversation"] == str(case)]
        assert json.loads(row.pop("attributes")) == {"round": 2, "outcome": "granted"}
        row.pop("id")
        return dict(row)

    assert one(lake.tail()) == expected
    export()
    assert lake.tail().num_rows == 0
    assert one(pq.read_table(lake.scan()[0])) == expected


def test_what_does_not_apply_is_null_not_empty() -> None:
    load([build.history(at=datetime(2026, 3, 1, tzinfo=UTC))])
    export()
    (row,) = pq.read_table(lake.scan()[0]).to_pylist()
    assert {name for name, value in row.items() if value is None} == {
        *("customer", "actor", "team", "channel", "contact_type", "sentiment"),
        *("flow", "version", "element", "amount", "attributes"),
    }


def test_a_file_is_sorted_by_case_compressed_and_its_ids_are_dictionary_coded() -> None:
    cases = [uuid4() for _ in range(10)]
    load(build.history(at=datetime(2026, 3, 1 + n % 28, tzinfo=UTC), conversation=cases[n % 10]) for n in range(300))
    export()
    file = pq.ParquetFile(lake.scan()[0])
    rows = file.read().to_pylist()
    assert [(row["conversation"], row["seq"]) for row in rows] == sorted(
        (row["conversation"], row["seq"]) for row in rows
    )
    column = file.metadata.row_group(0).column(file.schema_arrow.names.index("conversation"))
    assert column.compression == "ZSTD"
    assert "RLE_DICTIONARY" in column.encodings


def test_only_the_columns_asked_for_are_read() -> None:
    seed(5)
    assert lake.read(["conversation", "occurred_at"]).tail.column_names == ["conversation", "occurred_at"]


class TestLate:
    """What comes after its month was written is not lost and not doubled."""

    def test_it_is_tail_until_its_month_is_written_again(self) -> None:
        seed(3, 4)
        export()
        late()
        assert lake.tail().num_rows == 1
        assert all_once()
        assert export() == ["2026-03.g2.parquet"]
        assert lake.tail().num_rows == 0
        assert all_once()
        assert not Late.objects.exists()

    def test_loaded_history_counts_as_late_too(self) -> None:
        seed(3)
        export()
        seed(3)
        assert Late.objects.count() == 5
        assert all_once()
        assert export() == ["2026-03.g2.parquet"]
        assert all_once()

    def test_a_month_between_written_ones_is_found(self) -> None:
        seed(1, 4)
        export()
        late(2)
        assert all_once()
        assert export() == ["2026-02.g1.parquet"]
        assert all_once()

    def test_nobody_else_is_late(self) -> None:
        seed(3)
        export()
        late(4)
        late(5)
        assert not Late.objects.exists()

    def test_an_old_generation_is_kept_while_it_may_be_read(self) -> None:
        seed(3)
        export()
        late()
        export()
        old = lake.path_of(date(2026, 3, 1), 1)
        assert old.exists()
        long_ago = (NOW - timedelta(hours=2)).timestamp()
        os.utime(old, (long_ago, long_ago))
        export()
        assert not old.exists()
        assert all_once()

    def test_who_is_writing_while_the_month_is_closed_is_waited_for(self) -> None:
        """An event of a transaction that began before and commits after is in the file, or noted as late."""
        seed(3)
        began, finish = threading.Event(), threading.Event()

        def work(number: int) -> object:
            if number == 0:
                with transaction.atomic():
                    record(build.event(occurred_at=datetime(2026, 3, 9, tzinfo=UTC)))
                    began.set()
                    finish.wait(10)
                return None
            began.wait(10)
            threading.Timer(0.2, finish.set).start()
            return export()

        assert at_once(2, work) == [None, ["2026-03.g1.parquet"]]
        assert Row.objects.count() == 6
        assert all_once()

    def test_writers_beside_exports_lose_nothing(self) -> None:
        seed(3)
        stop = threading.Event()

        def work(number: int) -> None:
            if number == 0:
                for _ in range(6):
                    export()
                stop.set()
                return
            while not stop.is_set():
                late()

        assert at_once(4, work) == [None] * 4
        assert all_once()
        export()
        assert all_once()
        assert lake.tail().num_rows == 0

    def test_an_erased_customer_leaves_the_files_too(self) -> None:
        customer = uuid4()
        theirs = {"at": datetime(2026, 3, 1, tzinfo=UTC), "actor": Actor("customer", customer)}
        load([build.history(customer=customer, **theirs), build.history(**theirs), build.history(at=NOW)])
        export()
        with clock.frozen(NOW):
            assert erase_customer(build.principal(), customer) == 2
        assert LakeMonth.objects.get().stale
        assert export() == ["2026-03.g2.parquet"]
        written = pq.read_table(lake.scan()[0])
        assert (
            written.select(["customer", "actor_kind", "actor"]).to_pylist()
            == [{"customer": None, "actor_kind": "customer", "actor": None}] * 2
        )
        assert not LakeMonth.objects.get().stale


class TestFaults:
    """An export that fails changes nothing that counts."""

    def test_a_full_disk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seed(3)

        def full(*args: Any) -> int:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(lake, "_fill", full)
            with pytest.raises(OSError, match="No space"):
                export()
        assert [file.name for file in lake.folder().iterdir()] == []
        assert all_once()
        late()
        assert all_once()
        assert export() == ["2026-03.g1.parquet"]
        assert all_once()

    def test_a_death_between_the_file_and_the_commit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seed(3)
        export()
        late()

        def die(*args: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(lake, "_write", lambda *args: die())
            with pytest.raises(KeyboardInterrupt):
                export()
        lake.path_of(date(2026, 3, 1), 2).write_bytes(b"half")  # what the dead one left does not count
        assert all_once()
        assert export() == ["2026-03.g2.parquet"]
        assert all_once()

    def test_a_file_that_was_lost_is_tail_until_it_is_written_again(self) -> None:
        """PostgreSQL keeps the rows, so a data folder without its lake loses nothing."""
        seed(3, 4)
        export()
        lake.path_of(date(2026, 3, 1), 1).unlink()
        assert [path.name for path in lake.scan()] == ["2026-04.g1.parquet"]
        assert all_once()
        assert export() == ["2026-03.g2.parquet"]
        assert all_once()


def test_the_manifest_tells_others_what_counts() -> None:
    seed(3, 4)
    export()
    late()
    export()
    assert json.loads((lake.folder() / "manifest.json").read_text()) == {
        "format": 1,
        "months": {
            "2026-03": {"file": "2026-03.g2.parquet", "generation": 2, "events": 6},
            "2026-04": {"file": "2026-04.g1.parquet", "generation": 1, "events": 5},
        },
    }


def test_maintenance_makes_months_ahead_and_writes_closed_ones() -> None:
    seed(3)
    with clock.frozen(NOW):
        assert jobs.maintain() == jobs.Maintained(files=1, elsewhere=False)
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('journal_event_2026_08') is not null")
        assert cursor.fetchone() == (True,)


def test_only_one_process_maintains() -> None:
    seed(3)

    def work(number: int) -> jobs.Maintained:
        with clock.frozen(NOW):
            return jobs.maintain()

    done = at_once(4, work)
    assert sum(d.files for d in done if isinstance(d, jobs.Maintained)) == 1
    assert all_once()


class TestExport:
    """`export_rows` gives every event with a conversation, once."""

    def rows(self, **bounds: datetime) -> list[dict[str, Any]]:
        return [row for batch in queries.export_rows(**bounds) for row in batch.to_pylist()]

    def test_lake_and_tail_come_together(self) -> None:
        seed(3, 4, 5)
        load([Event("base.setting_changed", occurred_at=NOW, recorded_at=NOW)])
        export()
        rows = self.rows()
        assert len(rows) == len({row["id"] for row in rows}) == 15
        assert all(row["conversation"] for row in rows)

    def test_it_can_be_a_part_of_the_time(self) -> None:
        seed(3, 4, 5)
        export()
        first, before = datetime(2026, 3, 3, 12, tzinfo=UTC), datetime(2026, 5, 2, 12, tzinfo=UTC)
        times = [row["occurred_at"] for row in self.rows(first=first, before=before)]
        assert min(times) == first
        assert max(times) < before
        assert len(times) == 3 + 5 + 1

    def test_a_conversations_events_are_in_their_order(self) -> None:
        case = uuid4()
        load(build.history(conversation=case, at=datetime(2026, 3 + n // 4, 1, tzinfo=UTC)) for n in range(10))
        export()
        assert [row["seq"] for row in self.rows()] == list(range(1, 11))

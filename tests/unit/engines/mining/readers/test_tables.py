"""Workbooks and Parquet."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from servewell.engines.mining import Columns
from servewell.engines.mining.errors import MiningError, NeedsZone

at = datetime  # without a zone: the table means UTC
HEADER = ["case", "activity", "time", "resource"]
SHANGHAI = Columns("case", ("activity",), "time", "resource", zone="Asia/Shanghai")


def book(*rows: list[object], title: str = "log", more: str | None = None) -> bytes:
    """A workbook with one sheet, or an empty one behind it."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if more:
        workbook.create_sheet(more)
    held = io.BytesIO()
    workbook.save(held)
    return held.getvalue()


def test_a_workbook_works(read) -> None:
    """Dates are Excel's own, numbers name cases as they are shown."""
    content = book(
        HEADER, [1001, "受理", at(2026, 1, 2, 11, 4, tzinfo=None), "王芳"], [1001.0, "关闭", "2026-01-02 12:04", None]
    )
    outcome = read(content, SHANGHAI, "log.xlsx")
    assert outcome.rows == [
        ("1001", "受理", at(2026, 1, 2, 3, 4), "王芳"),
        ("1001", "关闭", at(2026, 1, 2, 4, 4), None),
    ]
    assert outcome.report.format == "xlsx"


def test_titles_above_the_header_are_passed_over(read) -> None:
    """The header is the first row with three cells."""
    content = book(["Export of January"], [], HEADER, [1, "open", at(2026, 1, 2), "ann"])
    assert read(content, SHANGHAI).report.rows_taken == 1


def test_rows_of_a_workbook_are_set_aside_by_their_number(read) -> None:
    """As Excel counts them."""
    rows = [
        HEADER,
        [1, "open", date(2026, 1, 2), "ann"],
        [2, None, date(2026, 1, 2)],
        [],
        [3, "x", "soon"],
        [4, "x", "", "", "", 9],
    ]
    outcome = read(book(*rows), SHANGHAI)
    assert sorted((one.row, one.reason) for one in outcome.report.examples) == [
        (3, "no-activity"),
        (5, "bad-time"),
        (6, "cells"),
    ]


def test_times_of_a_workbook_have_no_zone(read) -> None:
    """So one is asked for."""
    with pytest.raises(NeedsZone):
        read(book(HEADER, [1, "open", at(2026, 1, 2), "ann"]), Columns("case", ("activity",), "time"))


def test_bare_days_of_excel(read) -> None:
    """A time whose cell lost its format is a number of days."""
    assert read(book(HEADER, [1, "open", 46024.5, "ann"]), SHANGHAI).rows[0][2] == at(2026, 1, 2, 4)


def test_a_sheet_by_name(read) -> None:
    """The first is taken unless another is named; a missing one is said so."""
    content = book(HEADER, [1, "open", date(2026, 1, 2), "ann"], title="events", more="notes")
    assert read(content, SHANGHAI, sheet="events").report.rows_taken == 1
    with pytest.raises(MiningError) as refused:
        read(content, SHANGHAI, sheet="evnts")
    assert refused.value.values == {"sheet": "evnts", "existing": "events, notes"}


@pytest.mark.parametrize(
    ("rows", "code"), [([], "empty"), ([HEADER], "header-only"), ([[1, 2, "2026-01-02 03:04"]], "no-header")]
)
def test_workbooks_without_a_log(read, rows: list[list[object]], code: str) -> None:
    """Empty, a header alone, no header."""
    with pytest.raises(MiningError) as refused:
        read(book(*rows), SHANGHAI)
    assert refused.value.code == code


def test_a_cut_off_workbook(read) -> None:
    """Half a workbook is damaged."""
    content = book(HEADER, *([n, "open", "2026-01-02", "ann"] for n in range(2_000)))
    with pytest.raises(MiningError) as refused:
        read(content[: len(content) // 2], SHANGHAI, "log.xlsx")
    assert refused.value.code == "broken-workbook"


def parquet(path: Path, **columns: object) -> Path:
    """A Parquet file."""
    pq.write_table(pa.table(columns), path)
    return path


MOMENT = at(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "utc"),
    [
        (pa.array([MOMENT], pa.timestamp("us", tz="UTC")), at(2026, 1, 2, 3, 4, 5, 6)),
        (pa.array([MOMENT], pa.timestamp("ns", tz="Asia/Shanghai")), at(2026, 1, 2, 3, 4, 5, 6)),
        (pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("us")), at(2026, 1, 1, 19, 4, 5, 6)),
        (pa.array([MOMENT.replace(tzinfo=None)], pa.timestamp("ns")), at(2026, 1, 1, 19, 4, 5, 6)),
        (pa.array([date(2026, 1, 2)]), at(2026, 1, 1, 16)),
        (pa.array(["2026-01-02 03:04:05"]), at(2026, 1, 1, 19, 4, 5)),
        (pa.array([1767323045], pa.int64()), at(2026, 1, 2, 3, 4, 5)),
    ],
)
def test_parquet_works_with_any_type_of_time(read, tmp_path: Path, time: pa.Array, utc: datetime) -> None:
    """Typed with and without zone, in micro- and nanoseconds, dates, texts, seconds since 1970."""
    path = parquet(tmp_path / "log.parquet", case=[7], activity=pa.array(["open"]).dictionary_encode(), time=time)
    outcome = read(path, Columns("case", ("activity",), "time", zone="Asia/Shanghai"))
    assert outcome.rows == [("7", "open", utc, None)]


def test_parquet_without_a_zone_asks(read, tmp_path: Path) -> None:
    """A timestamp that is not UTC could be anywhere."""
    path = parquet(tmp_path / "log.parquet", case=[7], activity=["open"], time=[at(2026, 1, 2)])
    with pytest.raises(NeedsZone):
        read(path, Columns("case", ("activity",), "time"))


def test_rows_of_parquet_are_set_aside(read, tmp_path: Path) -> None:
    """What is null is missing."""
    path = parquet(tmp_path / "log.parquet", case=[1, None, 3], activity=["a", "b", "c"], time=[MOMENT, MOMENT, None])
    outcome = read(path, Columns("case", ("activity",), "time"))
    assert [(one.row, one.reason) for one in outcome.report.examples] == [(2, "no-case"), (3, "no-time")]


def test_a_cut_off_parquet(read, tmp_path: Path) -> None:
    """Its end holds the key to it."""
    whole = parquet(tmp_path / "log.parquet", case=[1] * 1000, activity=["a"] * 1000, time=[MOMENT] * 1000).read_bytes()
    with pytest.raises(MiningError) as refused:
        read(whole[:-100], Columns("case", ("activity",), "time"))
    assert refused.value.code == "broken-parquet"

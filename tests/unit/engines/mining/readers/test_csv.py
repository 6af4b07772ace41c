"""Delimited text."""

import gzip
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from servewell.engines.mining import Columns, Connection, readers
from servewell.engines.mining.errors import MiningError, NeedsZone
from servewell.engines.mining.readers import csv

at = datetime  # without a zone: the table means UTC
HEADER = "case,activity,time,resource\n"
GOOD = HEADER + "1,open,2026-01-02T03:04:05Z,ann\n1,close,2026-01-02T04:04:05+00:00,\n"


def test_it_works(read) -> None:
    """Cases, activities, times in UTC and resources come out in the order of the file."""
    outcome = read(GOOD)
    assert outcome.rows == [
        ("1", "open", at(2026, 1, 2, 3, 4, 5), "ann"),
        ("1", "close", at(2026, 1, 2, 4, 4, 5), None),
    ]
    assert (outcome.report.rows_taken, outcome.report.rows_set_aside, outcome.report.delimiter) == (2, 0, ",")
    assert outcome.aside == ""


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(read, delimiter: str) -> None:
    """Comma, semicolon, tab and bar."""
    outcome = read(GOOD.replace(",", delimiter))
    assert outcome.report.delimiter == delimiter
    assert len(outcome.rows) == 2


def test_several_activities_become_one_label(read) -> None:
    """`a,b` makes `a/b`; a missing part is `nan`."""
    columns = Columns("case", ("activity", "state"), "time")
    outcome = read("case,activity,state,time\n1,open,new,2026-01-02T03:04Z\n1,open,,2026-01-02T03:05Z\n", columns)
    assert [row[1] for row in outcome.rows] == ["open/new", "open/nan"]


def test_extra_columns_are_carried_along(connection: Connection, tmp_path: Path) -> None:
    """They stand behind the others as text."""
    path = tmp_path / "log.csv"
    path.write_text("case,activity,time,price\n1,open,2026-01-02T03:04Z,007\n")
    table, _report = readers.read(connection, path, Columns("case", ("activity",), "time", extra=("price",)))
    assert table.columns == ("case", "activity", "time", "resource", "price")
    assert table.to_pyarrow().to_pylist()[0]["price"] == "007"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('"a, b"', "a, b"),  # the delimiter inside quotes
        ('"a ""b"""', 'a "b"'),  # doubled quotes
        ('"a\nb"', "a\nb"),  # a line end inside quotes
        ('5" pipe', '5" pipe'),  # a quote in the middle is a quote
        (" a ", " a "),  # blanks belong to the name
        ("售后", "售后"),
        ("'; drop table given; --", "'; drop table given; --"),
    ],
)
def test_cells_come_out_as_meant(read, cell: str, value: str) -> None:
    """Quotes and blanks as RFC 4180 has them."""
    assert [row[1] for row in read(HEADER + f"1,{cell},2026-01-02T03:04Z,x\n").rows] == [value]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read, end: str) -> None:
    """Unix, Windows, old Macintosh."""
    assert len(read(GOOD.replace("\n", end)).rows) == 2


def test_blank_lines_are_no_rows(read) -> None:
    """Neither taken nor set aside, and the line numbers count them."""
    outcome = read(HEADER + "\n1,open,2026-01-02T03:04Z,\n\n,close,2026-01-02T03:04Z,\n\n")
    assert (outcome.report.rows_taken, outcome.report.reasons) == (1, {"no-case": 1})
    assert outcome.report.examples[0].row == 5


def test_bad_rows_are_set_aside_with_line_and_reason(read) -> None:
    """None is dropped silently: taken and set aside together are the rows of the file."""
    outcome = read(
        HEADER
        + "1,open,2026-01-02T03:04Z,ann\n"
        + "1,too,few\n"
        + "1,one,2026-01-02T03:04Z,too,many\n"
        + ",open,2026-01-02T03:04Z,\n"
        + "2,  ,2026-01-02T03:04Z,\n"
        + "3,open,,\n"
        + "4,open,yesterday,\n"
        + f"5,{'x' * 5000},2026-01-02T03:04Z,\n"
        + '6,"never closed,2026-01-02T03:04Z,\n'
        + "7,open,2026-01-02T03:04Z,ann\n"
        + "8,open,9999-01-02T03:04Z,ann\n"
    )
    assert [(one.row, one.reason) for one in sorted(outcome.report.examples, key=lambda one: one.row)] == [
        (3, "cells"),
        (4, "cells"),
        (5, "no-case"),
        (6, "no-activity"),
        (7, "no-time"),
        (8, "bad-time"),
        (9, "too-long"),
        (10, "open-quote"),
        (12, "bad-time"),
    ]
    assert outcome.report.rows == 11
    assert [row[0] for row in outcome.rows] == ["1", "7"]
    assert outcome.aside.splitlines()[0] == "row,reason,raw"
    assert '8,bad-time,"4,open,yesterday,"' in outcome.aside


def test_fast_and_careful_set_the_same_rows_aside(read) -> None:
    """Rows that only lack something stay on the fast way, and are looked up again for their line."""
    content = HEADER + '1,"a\nb",2026-01-02T03:04Z,\n\n,x,2026-01-02T03:04Z,\n2,y,nonsense,z\n3,y,2026-01-02T03:04Z,\n'
    fast, careful = read(content), read(content, encoding="latin-1")
    assert fast.rows == careful.rows
    assert fast.aside == careful.aside
    assert [one.row for one in fast.report.examples] == [5, 6]


def test_the_fast_way_is_taken(read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean file never sees the careful reader."""
    monkeypatch.setattr(csv, "_read_carefully", None)
    assert len(read(GOOD).rows) == 2


def test_an_interrupt_is_not_taken_for_a_bad_file(read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stops DuckDB wants it stopped, not tried again slowly."""

    def stopped(*_: object) -> None:
        raise duckdb.InterruptException("stop")

    monkeypatch.setattr(csv, "_read_fast", stopped)
    with pytest.raises(duckdb.InterruptException):
        read(GOOD)


def test_zipped(read) -> None:
    """`.csv.gz` reads like `.csv`."""
    assert len(read(gzip.compress(GOOD.encode()), name="log.csv.gz").rows) == 2


def test_a_cut_off_zip_leaves_nothing(read, connection: Connection) -> None:
    """Half a gz is refused, and no table is left."""
    whole = gzip.compress((HEADER + "1,open,2026-01-02T03:04Z,\n" * 50_000).encode(), compresslevel=0)
    with pytest.raises(MiningError) as refused:
        read(whole[: len(whole) // 2], name="log.csv.gz")
    assert refused.value.code == "broken-gzip"
    assert not connection.con.execute("select 1 from duckdb_tables() where table_name like 'given%'").fetchall()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        (" \r\n\n", "empty"),
        (HEADER, "header-only"),
        ("1,open,2026-01-02T03:04Z,ann\n2,open,2026-01-02T03:04Z,ann\n", "no-header"),
        ("just one column\n1\n2\n", "too-few-columns"),
        (HEADER + "1,open,soon,ann\n", "not-times"),
        (HEADER + ",open,2026-01-02T03:04Z,ann\n", "nothing-no-case"),
        (HEADER + "1,2\n", "nothing-cells"),
        ("a" * 1000 + "\n", "too-few-columns"),
    ],
)
def test_files_without_a_log_are_refused(read, content: str, code: str) -> None:
    """Each by its own sentence."""
    with pytest.raises(MiningError) as refused:
        read(content)
    expected = "header-only" if content.startswith("aaa") else code
    assert refused.value.code == expected


def test_missing_columns_name_what_exists_and_what_is_near(read) -> None:
    """A slip of the pen is easily mended."""
    with pytest.raises(MiningError) as refused:
        read(GOOD, Columns("csae", ("activity",), "time"))
    assert refused.value.values == {
        "missing": "csae",
        "existing": "case, activity, time, resource",
        "nearest": "case",
    }


def test_columns_that_cannot_be_guessed_are_asked_for(read) -> None:
    """Three columns of numbers could be anything."""
    with pytest.raises(MiningError) as refused:
        read("a,b,c\n1,2,3\n4,5,6\n", None)
    assert refused.value.code == "which-columns"


def test_repeated_and_nameless_headers(read) -> None:
    """The second `x` is `x (2)`, a nameless column goes by its place."""
    columns = Columns("x", ("x (2)",), "#3")
    assert read("x,x,,y\n1,open,2026-01-02T03:04Z,\n", columns).rows[0][:2] == ("1", "open")


def test_times_without_a_zone_need_one(read) -> None:
    """The question names the column and shows a time."""
    content = HEADER + "1,open,2026-01-02 03:04,\n"
    with pytest.raises(NeedsZone) as asked:
        read(content, Columns("case", ("activity",), "time"))
    assert asked.value.values == {"column": "time", "sample": "2026-01-02 03:04"}
    outcome = read(content, Columns("case", ("activity",), "time", zone="Asia/Shanghai"))
    assert outcome.rows[0][2] == at(2026, 1, 1, 19, 4)
    assert outcome.report.zone == "Asia/Shanghai"


def test_one_time_without_a_zone_far_down_is_asked_for_too(read) -> None:
    """It is not set aside, and not taken for UTC."""
    content = HEADER + "1,open,2026-01-02T03:04Z,\n" * 2_000 + "1,open,2026-01-02 03:04,\n"
    with pytest.raises(NeedsZone):
        read(content, Columns("case", ("activity",), "time"))


def test_unknown_zone(read) -> None:
    """A zone that does not exist is said so."""
    with pytest.raises(MiningError) as refused:
        read(HEADER + "1,open,2026-01-02 03:04,\n", Columns("case", ("activity",), "time", zone="Mars/Olympus"))
    assert refused.value.code == "unknown-zone"


def test_ten_thousand_columns(read) -> None:
    """Width alone is no reason to refuse."""
    header = ",".join(["case", "activity", "time", "resource", *(f"x{n}" for n in range(10_000))])
    row = ",".join(["1", "open", "2026-01-02T03:04Z", "ann", *("y" for _ in range(10_000))])
    assert len(read(f"{header}\n{row}\n{row}\n").rows) == 2


def test_a_huge_line_is_set_aside(read) -> None:
    """A line beyond a megabyte is no row; what follows it is read."""
    content = HEADER + "1,open,2026-01-02T03:04Z,\n" + "x" * 5_000_000 + "\n2,open,2026-01-02T03:04Z,\n"
    outcome = read(content)
    assert ([row[0] for row in outcome.rows], outcome.report.reasons) == (["1", "2"], {"too-long": 1})
    assert outcome.report.examples[0].row == 3


def test_a_file_of_one_huge_line(read) -> None:
    """No line end in megabytes: no table."""
    with pytest.raises(MiningError):
        read("x" * 3_000_000)


def test_nul_bytes_do_no_harm(read) -> None:
    """They are neither the end of the file nor of a text."""
    outcome = read(HEADER.encode() + b"1,op\x00en,2026-01-02T03:04Z,ann\n2,close,2026-01-02T03:04Z,ann\n")
    assert outcome.report.rows == 2


def test_progress_reaches_the_end(read) -> None:
    """It never runs backwards and ends at the whole."""
    seen: list[tuple[int, int]] = []
    read(GOOD, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] == len(GOOD)
    assert seen == sorted(seen)


def test_signs_of_patterns_in_a_name(connection: Connection, tmp_path: Path) -> None:
    """`[1]` and `*` in a file's name are no pattern."""
    path = tmp_path / "log [1] *.csv"
    path.write_text(GOOD)
    (tmp_path / "log 1 x.csv").write_text("not this one")
    assert readers.read(connection, path)[1].rows_taken == 2


def test_a_row_set_aside_is_no_formula(read) -> None:
    """What was set aside is looked at in a table program, too."""
    rows = "".join(f"{n},open,2026-03-01T09:00:00Z,ann\n" for n in range(9))
    outcome = read(f'case,activity,time,resource\n=HYPERLINK("http://x"),open,soon,ann\n{rows}')
    assert ",'=HYPERLINK" in outcome.aside.replace('"', "")

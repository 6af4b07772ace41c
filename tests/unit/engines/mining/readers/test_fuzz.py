"""Damaged and mad files: each ends in a log or in a sentence, never in anything else, and no row is lost."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from servewell.engines.mining import Columns, Connection, readers
from servewell.engines.mining.errors import CODES, REASONS, MiningError

COLUMNS = Columns("case", ("activity",), "time", "resource", zone="UTC")
HEADER = ("case", "activity", "time", "resource")
ROWS = [
    ("1", "open", "2026-01-02T03:04:05Z", "ann"),
    ("1", 'ask "why"', "2026-01-02 04:04:05+08:00", "王芳"),
    ("2", "two\nlines", "1767323045", ""),
    ("2", "关闭", "2026年1月2日 11:04", "bob"),
]
SHORT = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.generate]
)
LONG = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))


def as_csv() -> bytes:
    """The rows as CSV."""
    held = io.StringIO()
    csv.writer(held).writerows([HEADER, *ROWS])
    return held.getvalue().encode()


def as_xes() -> bytes:
    """The rows as XES."""
    events = "".join(
        f'<trace><string key="concept:name" value="{case}"/><event><string key="concept:name" value="a{n}"/>'
        f'<date key="time:timestamp" value="2026-01-02T03:04:0{n}Z"/></event></trace>\n'
        for n, (case, *_rest) in enumerate(ROWS)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<log>{events}</log>'.encode()


def as_workbook() -> bytes:
    """The rows as a workbook."""
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def as_parquet() -> bytes:
    """The rows as Parquet."""
    held = io.BytesIO()
    pq.write_table(pa.table({name: [row[at] for row in ROWS] for at, name in enumerate(HEADER)}), held)
    return held.getvalue()


def repacked(workbook: bytes, part: str, content: bytes) -> bytes:
    """A workbook with one part replaced: damage that the ZIP's own check sums do not find."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(held, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return held.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SEEDS = {
    "csv": as_csv(),
    "csv.gb18030": as_csv().decode().encode("gb18030"),
    "csv.utf16": as_csv().decode().encode("utf-16"),
    "csv.gz": gzip.compress(as_csv()),
    "xes": as_xes(),
    "xes.gz": gzip.compress(as_xes()),
    "xlsx": as_workbook(),
    "parquet": as_parquet(),
}
SNIPPETS = [
    *(b'"', b'""""', b"\n", b"\r", b"\x00", b",", b";", b"-", b"\xff", b"\xc3", "工".encode(), b" " * 5000),
    *(b"<", b"&", b"<!DOCTYPE a>", b"]]>", b"\x1f\x8b", b"PK\x03\x04", b"99999999999999999999"),
]


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed after up to four cuts, flips, doublings and insertions."""
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        to = min(len(content), at + draw(st.integers(1, 64)))
        how = draw(st.sampled_from(["cut", "end", "flip", "twice", "insert", "swap"]))
        if how == "cut":
            del content[at:to]
        elif how == "end":
            del content[at:]
        elif how == "flip" and content:
            content[at] ^= 1 << draw(st.integers(0, 7))
        elif how == "twice":
            content[at:at] = content[at:to]
        elif how == "insert":
            content[at:at] = draw(st.sampled_from(SNIPPETS))
        elif how == "swap":
            content[at:to] = bytes(reversed(content[at:to]))
    return bytes(content)


def try_it(connection: Connection, path: Path, content: bytes, columns: Columns | None = COLUMNS) -> None:
    """Read it: a log whose rows and set-aside rows are all accounted for, or one of our refusals and nothing left."""
    path.write_bytes(content)
    aside = path.with_suffix(".aside")
    aside.unlink(missing_ok=True)
    report = refused = None
    try:
        _table, report = readers.read(connection, path, columns, readers.Options(set_aside=aside), "fuzzed")
    except MiningError as error:
        refused = error
    if report is None:
        assert refused is not None
        assert set(refused.values) >= set(CODES[refused.code])
        assert not aside.exists()
        left = "select 1 from duckdb_tables() where table_name like 'fuzzed%'"
        assert not connection.con.execute(left).fetchall()
        return
    ((taken,),) = connection.con.execute("select count(*) from fuzzed").fetchall()
    connection.con.execute("drop table fuzzed")
    assert report.rows_taken == taken > 0
    assert set(report.reasons) <= set(REASONS)
    assert sum(report.reasons.values()) == report.rows_set_aside
    assert aside.exists() == bool(report.rows_set_aside)
    if aside.exists():
        with aside.open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.reader(file))) == report.rows_set_aside + 1


def fuzz(connection: Connection, folder: Path, name: str, seed: bytes, how: settings) -> None:
    """Damage a seed again and again."""

    @how
    @given(damaged(seed))
    def tried(content: bytes) -> None:
        try_it(connection, folder / "upload", content, None if name.startswith("xes") else COLUMNS)

    tried()


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files(connection: Connection, tmp_path: Path, name: str) -> None:
    """A short run of each format."""
    fuzz(connection, tmp_path, name, SEEDS[name], SHORT)


def test_a_damaged_sheet_in_a_sound_zip(connection: Connection, tmp_path: Path) -> None:
    """The XML inside a workbook."""
    with zipfile.ZipFile(io.BytesIO(SEEDS["xlsx"])) as book:
        sheet = book.read(SHEET)

    @SHORT
    @given(damaged(sheet))
    def tried(content: bytes) -> None:
        try_it(connection, tmp_path / "upload", repacked(SEEDS["xlsx"], SHEET, content))

    tried()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_for_long(connection: Connection, tmp_path: Path, name: str) -> None:
    """Thousands of each format."""
    fuzz(connection, tmp_path, name, SEEDS[name], LONG)


cells = st.text(st.sampled_from('ab",;\t \n\r|工\x00='), max_size=6)


@SHORT
@given(st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=6))
def test_fast_and_careful_agree(
    connection: Connection, tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    """Any table written by the rules reads the same both ways, cell by cell."""
    path = tmp_path_factory.mktemp("agree") / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER)
        writer.writerow(("0", "begin", "2026-01-02T03:04Z", "x"))
        writer.writerows((row[0], row[1], "2026-01-02T03:04Z", row[3]) for row in table)
    found = []
    for encoding in ("utf-8", "utf-16"):  # UTF-16 always goes the careful way
        path.write_bytes(path.read_bytes().decode().encode(encoding))
        _table, report = readers.read(connection, path, COLUMNS, readers.Options(delimiter=","), "fuzzed")
        rows = connection.con.execute("select * from fuzzed order by rowid").fetchall()
        found.append((rows, report.reasons, [one.row for one in report.examples]))
    connection.con.execute("drop table fuzzed")
    assert found[0] == found[1]
    kept = [row for row in table if row[0].strip(" \t\r\n") and row[1].strip(" \t\r\n")]
    assert [row[:2] for row in found[0][0][1:]] == [(row[0], row[1]) for row in kept]

"""Reads a sheet of a workbook (.xlsx): the first, or the one named; formulas by the values stored with them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from ibis.backends.duckdb import Backend
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import from_excel
from openpyxl.xml.constants import SHARED_STRINGS

from servewell.engines.mining.columns import Columns
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import staging, times, unzipped
from servewell.engines.mining.readers.aside import Aside
from servewell.engines.mining.readers.headers import Headers, resolved
from servewell.engines.mining.readers.outcome import Options, ReadReport
from servewell.engines.mining.readers.settling import Job, Material, settled
from servewell.engines.mining.readers.shared_strings import SharedStrings
from servewell.engines.mining.readers.staged_texts import Row, texts

LARGEST = 2 << 30  # bytes of a workbook unzipped; a small file that claims more is a trap
MOST_ROWS = 1_048_576  # of a sheet, as the format has it
SAMPLE_ROWS = 1_000
HEADER_ROWS = 20  # rows in which the header is looked for, below titles and remarks
_SERIAL = (20_000, 80_000)  # days since 1899-12-30 that a bare number in a column of times may mean (1954 to 2119)

Cells = list[str]


def read(connection: Backend, path: Path, columns: Columns | None, options: Options, table: str) -> ReadReport:
    """Turn a sheet into the table; see `readers.read`."""
    with opened(path, options) as (headers, rows):
        first = list(islice(rows, SAMPLE_ROWS))
        if not first:
            raise MiningError("header-only", path=path.name)
        chosen = resolved(columns, headers, [cells for _row, cells in first if len(cells) == len(headers)])
        job = Job(staging.duck(connection), path, chosen, options, table)
        return _read(job, headers, chain(first, rows))


def _read(job: Job, headers: Headers, rows: Iterator[tuple[int, Cells]]) -> ReadReport:
    places = [headers.place(name) for name in job.columns.names]
    time = places.index(headers.place(job.columns.time))
    with Aside(job.options.set_aside) as aside, texts(job.con, f"{job.table}_texts", len(places)) as held:
        held.fill(_fitting(rows, headers, places, time, aside), job.options.memory_rows)
        cells = {name: f"c{place}" for place, name in enumerate(job.columns.names)}
        source = staging.Source.of(held.name, cells, job.columns)
        report = ReadReport("xlsx", job.columns, 0, 0)
        material = Material(source, held.sample(time), lambda wanted: held.find(wanted, time))
        return settled(job, material, aside, report)


def _fitting(
    rows: Iterator[tuple[int, Cells]], headers: Headers, places: list[int], time: int, aside: Aside
) -> Iterator[Row]:
    for number, cells in rows:
        if len(cells) > len(headers):
            aside.put(number, "cells", " | ".join(cells))
            continue
        wanted = [cells[place] for place in places]
        wanted[time] = _dated(wanted[time])
        yield (number, *wanted)


@contextmanager
def opened(path: Path, options: Options) -> Iterator[tuple[Headers, Iterator[tuple[int, Cells]]]]:
    """Yield the header and the rows as texts, each at least as wide as the header, with their numbers from 1."""
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl remarks on styles and validations that hold no data
        book = _book(path, file)
        try:
            sheet = _sheet(book, options.sheet)
            rows = _rows(sheet, path, options)
            headers = _headers(rows, path)
            yield headers, _widened(rows, len(headers))
        finally:
            book.close()


def _book(path: Path, file: IO[bytes]) -> Any:
    try:
        unzipped.check_workbook(path, LARGEST)
        # An open file, because openpyxl judges a path by its ending, and uploads have none.
        reader = _Reader(file, read_only=True, data_only=True)
        reader.file_name = path.name
        reader.read()
    except (MiningError, MemoryError):
        raise
    except Exception as broken:  # whatever a damaged workbook provokes in zipfile, the XML parser or openpyxl
        raise MiningError("broken-workbook", path=path.name) from broken
    return reader.wb


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """Reads a workbook as openpyxl does, but the texts that cells share only when a cell asks for them."""

    file_name = ""

    def read_strings(self) -> None:
        """Find the texts, and read none yet."""
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            self.shared_strings = SharedStrings(self.archive.open(part.PartName[1:]), self.file_name)


def _sheet(book: Any, name: str | None) -> Any:
    if name is not None and name not in book.sheetnames:
        raise MiningError("no-sheet", sheet=name, existing=", ".join(book.sheetnames))
    sheets = [sheet for sheet in book.worksheets if name in (None, sheet.title)]
    if not sheets:
        raise MiningError("no-sheet", sheet=name or "-", existing=", ".join(book.sheetnames))
    sheets[0].reset_dimensions()  # some programs write a wrong one, and rows would be lost
    return sheets[0]


def _rows(sheet: Any, path: Path, options: Options) -> Iterator[tuple[int, Cells]]:
    total = path.stat().st_size
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            _refuse_beyond(number, path)
            cells = [_text(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells
            if options.progress and number % 5_000 == 0:
                options.progress(int(total * number / (number + 50_000)), total)  # its length is not known before
    except (MiningError, MemoryError):
        raise
    except Exception as broken:  # as in _book
        raise MiningError("broken-workbook", path=path.name) from broken


def _refuse_beyond(number: int, path: Path) -> None:
    if number > MOST_ROWS:  # openpyxl fills up to any number a row claims to have
        raise MiningError("broken-workbook", path=path.name)


def _headers(rows: Iterator[tuple[int, Cells]], path: Path) -> Headers:
    header: Cells | None = None
    for number, cells in rows:
        if sum(bool(cell.strip()) for cell in cells) >= 3:
            header = cells
            break
        if number > HEADER_ROWS:
            break
    if header is None:
        raise MiningError("empty", path=path.name)
    if any(times.written(cell) for cell in header):
        raise MiningError("no-header", path=path.name, sample=" | ".join(header)[:120])
    return Headers(header)


def _widened(rows: Iterator[tuple[int, Cells]], width: int) -> Iterator[tuple[int, Cells]]:
    for number, cells in rows:
        yield number, cells + [""] * (width - len(cells))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\x00", "")


def _dated(text: str) -> str:
    """A time whose cell is not formatted as one is a bare count of days."""
    try:
        days = float(text)
    except ValueError:
        return text
    if not _SERIAL[0] < days < _SERIAL[1]:
        return text
    return str(from_excel(days))

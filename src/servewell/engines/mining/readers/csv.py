"""Reads delimited text. Fast where the file keeps the rules, careful where it does not; both give the same rows.

The fast way hands the file to DuckDB's parallel reader, which refuses the file at the first row that breaks the
rules. Then the careful way reads row by row and sets such rows aside.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import duckdb
from ibis.backends.duckdb import Backend

from servewell.engines.mining.columns import Columns
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import staging, text, times, unzipped
from servewell.engines.mining.readers.aside import Aside
from servewell.engines.mining.readers.headers import Headers, resolved
from servewell.engines.mining.readers.outcome import Options, ReadReport
from servewell.engines.mining.readers.progress import watched
from servewell.engines.mining.readers.records import Record, records
from servewell.engines.mining.readers.settling import Found, Job, Material, Wanted, settled
from servewell.engines.mining.readers.staged_texts import Row, texts

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 1_000
FAST_WIDTH = 2_000  # columns; wider tables go the careful way, where a column costs nothing to declare


@dataclass(frozen=True, slots=True)
class Layout:
    """How a delimited text is laid out."""

    path: Path
    encoding: str  # a codec
    delimiter: str
    headers: Headers
    sample: list[list[str]]  # the first rows, each as wide as the header
    header_line: int  # where the header stands, from 1


@dataclass(frozen=True, slots=True)
class Laid:
    """The rows as SQL finds them."""

    relation: str
    cells: dict[int, str]  # the SQL of each column that is needed, by its place
    find: Callable[[Layout, Job, Wanted], Found]  # looks rows up again in the file


def inspect(path: Path, options: Options) -> Layout:
    """Look at the beginning of a text. Raises `empty`, `header-only`, `no-header`, `too-few-columns`, ..."""
    encoding = text.checked_codec(options.encoding) if options.encoding else text.encoding_of(path)
    delimiter = options.delimiter or _delimiter_of(path, encoding)
    first = list(islice(records(text.lines_of(path, encoding), delimiter), SAMPLE_ROWS + 1))
    if not first:
        raise MiningError("empty", path=path.name)
    header = first[0].cells
    if not header or any(times.written(cell) for cell in header):
        raise MiningError("no-header", path=path.name, sample=first[0].raw.strip()[:120])
    if len(first) == 1:
        raise MiningError("header-only", path=path.name)
    headers = Headers(header)
    if len(headers) < 3:
        raise MiningError("too-few-columns", path=path.name, existing=headers.listed())
    sample = [record.cells for record in first[1:] if record.cells and len(record.cells) == len(header)]
    return Layout(path, encoding, delimiter, headers, sample, first[0].line)


def read(connection: Backend, path: Path, columns: Columns | None, options: Options, table: str) -> ReadReport:
    """Turn a delimited text into the table; see `readers.read`."""
    layout = inspect(path, options)
    columns = resolved(columns, layout.headers, layout.sample)
    job = Job(staging.duck(connection), path, columns, options, table)
    if _keeps_the_rules(layout):
        try:
            return _read_fast(layout, job)
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            layout = _looked_at_whole(layout, options)
    return _read_carefully(layout, job)


def _delimiter_of(path: Path, encoding: str) -> str:
    def regularity(delimiter: str) -> tuple[int, int]:
        rows = islice(records(text.lines_of(path, encoding), delimiter), 50)
        widths = [len(record.cells) for record in rows if record.cells]
        if not widths or widths[0] < 2:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    return max(DELIMITERS, key=regularity)


def _looked_at_whole(layout: Layout, options: Options) -> Layout:
    """The first megabyte may have been plain ASCII, and what follows GB18030; else damaged rows are set aside."""
    if options.encoding:
        return layout
    with suppress(MiningError):
        if (found := text.encoding_of(layout.path, whole=True)) == "gb18030":
            return replace(layout, encoding=found)
    return layout


def _keeps_the_rules(layout: Layout) -> bool:
    plain = layout.encoding in ("utf-8", "utf-8-sig") and layout.header_line == 1
    return plain and len(layout.headers) <= FAST_WIDTH and layout.delimiter.isascii()


def _read_fast(layout: Layout, job: Job) -> ReadReport:
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(layout.headers)))
    if zipped := text.is_gzip(layout.path):
        with text.unzipping(layout.path):
            unzipped.check_gzip(layout.path)  # DuckDB would not stop
    rules = (
        "auto_detect = false, header = true, strict_mode = true, quote = '\"', escape = '\"', "
        f"delim = {times.literal(layout.delimiter)}, columns = {{{names}}}, "
        f"compression = '{'gzip' if zipped else 'none'}'"
    )
    relation = staging.scan("read_csv", layout.path, rules)
    cells = {place: f"c{place}" for place in range(len(layout.headers))}
    with Aside(job.options.set_aside) as aside, watched(job.con, layout.path.stat().st_size, job.options.progress):
        return _settled(layout, job, Laid(relation, cells, _found_by_line), aside)


def _read_carefully(layout: Layout, job: Job) -> ReadReport:
    places = sorted({layout.headers.place(name) for name in job.columns.names})
    with Aside(job.options.set_aside) as aside, texts(job.con, f"{job.table}_texts", len(places)) as rows:
        good = _good_rows(layout, job, lambda row, reason: aside.put(row.line, reason, row.raw))
        rows.fill((_wanted(row, places) for row in good), job.options.memory_rows)
        cell = {place: f"c{number}" for number, place in enumerate(places)}
        return _settled(layout, job, Laid(rows.name, cell, _found_again), aside)


def _wanted(row: Record, places: list[int]) -> Row:
    cells = row.cells or []
    return (row.line, *(cells[place] for place in places))


def _settled(layout: Layout, job: Job, laid: Laid, aside: Aside) -> ReadReport:
    named = {name: laid.cells[layout.headers.place(name)] for name in job.columns.names}
    source = staging.Source.of(laid.relation, named, job.columns)
    place = layout.headers.place(job.columns.time)
    sample = [row[place] for row in layout.sample]
    report = ReadReport("csv", job.columns, 0, 0, encoding=layout.encoding, delimiter=layout.delimiter)
    material = Material(source, sample, lambda wanted: laid.find(layout, job, wanted))
    return settled(job, material, aside, report)


def _good_rows(layout: Layout, job: Job, refuse: Callable[[Record, str], None]) -> Iterator[Record]:
    """Yield the rows that fit the header; hand the others to `refuse`, with the reason."""
    width = len(layout.headers)
    wanted = [layout.headers.place(name) for name in job.columns.names]
    rows = records(text.lines_of(layout.path, layout.encoding, job.options.progress), layout.delimiter)
    next(rows, None)
    for row in rows:
        if row.cells is None or len(row.cells) != width:
            refuse(row, row.reason or "cells")
        elif not row.raw.isascii() and _is_undecodable("".join(row.cells[place] for place in wanted)):
            refuse(row, "encoding")
        else:
            yield row


def _is_undecodable(cells: str) -> bool:
    try:
        cells.encode()
    except UnicodeEncodeError:
        return True
    return False


def _found_again(layout: Layout, job: Job, wanted: Wanted) -> Found:
    """Yield (line, reason, time, raw) of the rows wanted, given as (number among the good rows from 0, reason)."""
    rows = enumerate(_good_rows(layout, job, lambda _row, _reason: None))
    time = layout.headers.place(job.columns.time)
    for number, reason in wanted:
        for at, row in rows:
            if at == number and row.cells:
                yield row.line, reason, row.cells[time], row.raw
                break


def _found_by_line(layout: Layout, job: Job, wanted: Wanted) -> Found:
    """The same for files in which every row is one line, at the speed of counting lines."""
    ((rows,),) = job.con.execute(f"SELECT count(*) FROM {staging.quoted(job.table)}").fetchall()
    first = next(wanted, None)
    if first is None:
        return
    if text.count_lines(layout.path) != rows + 1:
        yield from _found_again(layout, job, chain([first], wanted))
        return
    time = layout.headers.place(job.columns.time)
    with text.open_bytes(layout.path) as file:
        at = -1  # the header
        for number, reason in chain([first], wanted):
            line = next(islice(file, number - at, None)).decode("utf-8", errors="replace")
            at = number + 1
            yield number + 2, reason, next(csv.reader([line], delimiter=layout.delimiter))[time], line

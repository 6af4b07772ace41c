"""What would a person want to see of a file before it becomes a log? Its columns, a guess, and the first rows."""

import gzip
import zlib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from servewell.engines.mining.columns import XES, Columns
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import csv, files, times, xes
from servewell.engines.mining.readers.headers import Headers, guessed
from servewell.engines.mining.readers.outcome import Options
from servewell.engines.mining.readers.xes_parser import Parser

SAMPLES, PREVIEW, LONGEST = 5, 20, 200  # samples a column, rows, characters of a cell
MOST_COLUMNS = 200  # more are not shown; they can still be named


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file."""

    name: str
    samples: tuple[str, ...]  # up to SAMPLES different values, not blank
    guess: str | None  # case | activity | time | start | resource; None: something else


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file seems to hold."""

    format: str  # csv | xes | parquet | xlsx
    encoding: str | None  # of text
    delimiter: str | None  # of CSV
    columns: tuple[Column, ...]
    needs_zone: bool  # times without a zone occur: ask where they were written
    preview: tuple[tuple[str, ...], ...]  # the first rows, cells in the order of the columns

    @property
    def ready(self) -> bool:
        """Nothing is left to ask: the log can be made as guessed."""
        found = {column.guess for column in self.columns}
        return {"case", "activity", "time"} <= found and not self.needs_zone


def inspect(path: Path, options: Options = Options()) -> Inspection:  # noqa: B008 - frozen
    """Look at the beginning of a file. Raises MiningError where it can never become a log."""
    try:
        return _looked_at(path, options)
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise MiningError("broken-gzip", path=path.name) from broken


def guess(path: Path, options: Options = Options()) -> Columns:  # noqa: B008 - frozen
    """Return the columns as a person would most likely name them. What cannot be guessed is left blank (`""`)."""
    found = {column.guess: column.name for column in inspect(path, options).columns if column.guess}
    if files.format_of(path).startswith("xes"):
        return XES
    activity = (found["activity"],) if "activity" in found else ()
    return Columns(found.get("case", ""), activity, found.get("time", ""), found.get("resource"))


def _looked_at(path: Path, options: Options) -> Inspection:
    kind = files.format_of(path).removesuffix(".gz")
    if kind == "csv":
        layout = csv.inspect(path, options)
        return _seen("csv", layout.headers, layout.sample, layout.encoding, layout.delimiter)
    if kind == "xes":
        return _seen("xes", *_events(path, options), encoding="utf-8")
    if kind == "xlsx":
        from servewell.engines.mining.readers import excel

        with excel.opened(path, options) as (headers, rows):
            sample = [cells for _row, cells in islice(rows, excel.SAMPLE_ROWS) if len(cells) == len(headers)]
        if not sample:
            raise MiningError("header-only", path=path.name)
        return _seen("xlsx", headers, sample)
    from servewell.engines.mining.readers import parquet

    return _seen("parquet", *parquet.opened(path))


def _seen(
    kind: str, headers: Headers, sample: list[list[str]], encoding: str | None = None, delimiter: str | None = None
) -> Inspection:
    parts = guessed(headers, sample)
    columns = []
    for place, name in enumerate(headers.names[:MOST_COLUMNS]):
        values = dict.fromkeys(row[place][:LONGEST] for row in sample if row[place].strip())
        columns.append(Column(name, tuple(islice(values, SAMPLES)), parts.part_of(name)))
    preview = tuple(tuple(cell[:LONGEST] for cell in row[:MOST_COLUMNS]) for row in sample[:PREVIEW])
    needs_zone = kind != "xes" and parts.time is not None and _naive(headers.place(parts.time), sample)
    return Inspection(kind, encoding, delimiter, tuple(columns), needs_zone, preview)


def _naive(place: int, sample: list[list[str]]) -> bool:
    return any((how := times.written(row[place])) is not None and not how.zoned for row in sample)


def _events(path: Path, options: Options) -> tuple[Headers, list[list[str]]]:
    """Return the attributes of the first events as if they were columns; the trace's name comes first."""
    quiet = Options(encoding=options.encoding)
    probe = Parser(path.name, XES)
    if not list(islice(xes.events_of(path, probe, quiet), PREVIEW)):
        raise MiningError("header-only", path=path.name)
    keys = sorted(probe.seen)
    parser = Parser(path.name, Columns(case=XES.case, activity=tuple(keys), time=XES.time))
    rows = [[str(cell or "") for cell in event[1:]] for event in islice(xes.events_of(path, parser, quiet), PREVIEW)]
    return Headers(["case:concept:name", *parser.keys]), rows

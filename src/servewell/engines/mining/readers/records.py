"""Which rows does a delimited text hold? Careful: nothing is lost, and each row knows the line it starts on."""

import csv
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from servewell.engines.mining.readers.text import MAX_LINE

BLOCK = 1_000  # lines looked at together
MAX_RECORD_LINES = 1_000  # lines a quoted cell may span before its quote counts as left open

csv.field_size_limit(MAX_LINE + 1)  # the module's own 128 KB would refuse cells that DuckDB takes


@dataclass(slots=True)
class Record:
    """One row of the text."""

    line: int  # where it starts, from 1
    cells: list[str] | None  # None: it could not be cut into cells
    reason: str | None  # why not: `open-quote` or `too-long`
    raw: str  # as it stands, at most MAX_LINE characters


class _OpenQuote(Exception):
    """A signal between the feed and the loop below: this quote does not close."""


class _Feed:
    """Hands lines to csv.reader and remembers which ones it pulled for the row at hand."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._waiting: deque[str] = deque()
        self.pulled: list[str] = []
        self.size = 0
        self.line = 0  # lines handed out for good
        self.ended = False

    @property
    def is_holding(self) -> bool:
        """Lines that were pulled for a row that was none wait to be read anew."""
        return bool(self._waiting)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.pulled and (self.size > MAX_LINE or len(self.pulled) >= MAX_RECORD_LINES):
            raise _OpenQuote
        try:
            line = self._waiting.popleft() if self._waiting else next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self.pulled.append(line)
        self.size += len(line)
        return line

    def settle(self, lines: int) -> str:
        """Count the first so many pulled lines as used, hold the others for the next row, return the used ones."""
        used, rest = self.pulled[:lines], self.pulled[lines:]
        self._waiting.extendleft(reversed(rest))
        self.line += len(used)
        self.pulled, self.size, self.ended = [], 0, False
        return "".join(used)[:MAX_LINE]


def records(lines: Iterator[str], delimiter: str) -> Iterator[Record]:
    """Yield every row but blank lines.

    A quote left open takes no more with it than its own line: that line is yielded with the reason
    `open-quote`, and reading goes on behind it. A line above MAX_LINE is yielded as `too-long`.
    Blocks of lines without a quote or a huge line, which are most, need no care: there a line is a row.
    """
    line = 1
    while block := list(islice(lines, BLOCK)):
        if not any('"' in text or len(text) >= MAX_LINE for text in block):
            for cells, raw in zip(csv.reader(block, delimiter=delimiter), block, strict=True):
                if cells:
                    yield Record(line, cells, None, raw)
                line += 1
        else:
            line = yield from _with_care(chain(block, lines), line, len(block), delimiter)


def _with_care(lines: Iterator[str], line: int, least: int, delimiter: str) -> Generator[Record, None, int]:
    """Yield the rows of at least so many lines, until no line is held back; return the number of the next line."""
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    while feed.line < least or feed.is_holding:
        start = line + feed.line
        cells, reason = _next_cells(reader, feed)
        if not feed.pulled:
            break
        if len(feed.pulled[0]) >= MAX_LINE:
            cells, reason = None, "too-long"
        raw = feed.settle(1 if reason else len(feed.pulled))
        if reason:
            reader = csv.reader(feed, delimiter=delimiter)
        if cells or reason:
            yield Record(start, cells, reason, raw)
    return line + feed.line


def _next_cells(reader: "Iterator[list[str]]", feed: _Feed) -> tuple[list[str] | None, str | None]:
    try:
        cells = next(reader)
    except StopIteration:
        return None, "open-quote" if feed.pulled else None
    except _OpenQuote:
        return None, "open-quote"
    except csv.Error:
        return None, "too-long"
    return (None, "open-quote") if feed.ended else (cells, None)

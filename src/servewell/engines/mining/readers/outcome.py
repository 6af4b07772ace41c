"""What did a reader take, what did it set aside, and what did it assume?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from servewell.engines.mining.columns import Columns
from servewell.engines.mining.errors import MiningError

Progress = Callable[[int, int], None]  # (bytes done, bytes in all)

MAX_LABEL_BYTES = 4_000  # a longer case, activity or resource is no name but a text: the row is set aside
EXAMPLES = 20  # rows set aside that the report itself shows


@dataclass(frozen=True, slots=True)
class Options:
    """What the person may say beside the columns; None everywhere: find out."""

    encoding: str | None = None  # a codec's name, e.g. `gb18030`
    delimiter: str | None = None  # one character
    dates: str | None = None  # `dmy` or `mdy`, for dates like 02/01/2026
    sheet: str | None = None  # of a workbook; None: the first
    set_aside: Path | None = None  # where rows set aside are written, as CSV `row,reason,raw`; None: only counted
    progress: Progress | None = None
    memory_rows: int = 100_000  # rows held at once on the careful path

    def __post_init__(self) -> None:
        """Refuse what cannot be meant: `bad-delimiter`, `bad-dates`."""
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n '):
            raise MiningError("bad-delimiter", delimiter=self.delimiter)
        if self.dates not in (None, "dmy", "mdy"):
            raise MiningError("bad-dates", dates=self.dates)


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row that was not taken."""

    row: int  # the line it starts on (CSV, XES), the row (workbook, Parquet), from 1
    reason: str  # one of errors.REASONS
    raw: str  # the row as it stood, shortened to 500 characters


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What became of a file."""

    format: str  # csv | xes | parquet | xlsx
    columns: Columns  # as given, or as guessed
    rows_taken: int
    rows_set_aside: int
    reasons: dict[str, int] = field(default_factory=dict)  # how many rows per reason
    examples: tuple[SetAside, ...] = ()  # the first EXAMPLES rows set aside
    encoding: str | None = None  # of text
    delimiter: str | None = None  # of CSV
    zone: str | None = None  # given to times that carry none; None: all carried their own
    dates: str | None = None  # `dmy` or `mdy`, where that had to be decided

    @property
    def rows(self) -> int:
        """Rows of the file in all."""
        return self.rows_taken + self.rows_set_aside

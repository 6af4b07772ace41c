"""Where do rows go that cannot be taken? Into a CSV of their own, with row number, reason and the row as it stood."""

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO

from servewell.engines.mining.readers.outcome import EXAMPLES, SetAside
from servewell.engines.mining.writers.safely import safely

SHOWN = 500  # characters of a row that an example shows


class Aside:
    """Counts the rows set aside, and writes them where a path was named; nothing is written if there are none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._saving = safely(path) if path else None
        self.reasons: Counter[str] = Counter()
        self.examples: list[SetAside] = []

    def __enter__(self) -> "Aside":
        return self

    def put(self, row: int, reason: str, raw: str) -> None:
        """Set one row aside."""
        self.reasons[reason] += 1
        raw = raw.rstrip("\r\n").encode("utf-8", errors="backslashreplace").decode()
        if len(self.examples) < EXAMPLES:
            self.examples.append(SetAside(row, reason, raw[:SHOWN]))
        if self._saving:
            self._writer().writerow((row, reason, raw))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file and self._saving:
            self._saving.__exit__(kind, error, trace)

    def _writer(self) -> "csv._writer":
        if self._file is None:
            assert self._saving
            self._file = self._saving.__enter__()
            self._csv = csv.writer(self._file, lineterminator="\n")
            self._csv.writerow(("row", "reason", "raw"))
        return self._csv

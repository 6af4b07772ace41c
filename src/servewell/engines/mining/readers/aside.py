"""Where do rows go that cannot be taken? Into a CSV of their own, with row number, reason and the row as it stood."""

import csv
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from servewell.engines.mining.readers.outcome import EXAMPLES, SetAside
from servewell.engines.mining.writers.cells import safe
from servewell.engines.mining.writers.safely import safely

SHOWN = 500  # characters of a row that an example shows


class Aside:
    """Counts the rows set aside, and writes them where a path was named; nothing is written if there are none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._open = ExitStack()
        self._rows: Any = None  # the csv writer, once there is a row
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
        if self._path is not None:
            self._begin(self._path)
            self._rows.writerow((row, reason, safe(raw)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def _begin(self, path: Path) -> None:
        if self._rows is None:
            file = self._open.enter_context(safely(path, encoding="utf-8-sig"))
            self._rows = csv.writer(file, lineterminator="\n")
            self._rows.writerow(("row", "reason", "raw"))

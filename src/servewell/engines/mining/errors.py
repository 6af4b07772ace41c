"""How does the mining engine say no? By a code and values; rooms and the command line say it in words.

The sentence of a code stands in the texts under `mining.error.<code>`, with the values as its places.
"""

from typing import Any, ClassVar


class MiningError(Exception):
    """A log that cannot be read, or a result that cannot be written, and what the person needs to know of it."""

    asks: ClassVar[bool] = False  # True: the person can answer (a zone, a column) and try the same file again

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code  # kebab-case, one of CODES
        self.values = values  # what the sentence's places are filled with
        super().__init__(f"{code}: {values}")


class NeedsZone(MiningError):
    """The times carry no zone and none was named; values: `column`, `sample`."""

    asks = True

    def __init__(self, column: str, sample: str) -> None:
        super().__init__("needs-zone", column=column, sample=sample)


CODES: dict[str, tuple[str, ...]] = {
    "not-found": ("path",),
    "is-folder": ("path",),
    "unreadable": ("path",),
    "empty": ("path",),
    "header-only": ("path",),
    "no-header": ("path", "sample"),
    "wrong-type": ("path", "kind"),
    "archive": ("path",),
    "unknown-encoding": ("path",),
    "wrong-encoding": ("path", "encoding"),
    "unknown-encoding-name": ("encoding",),
    "missing-columns": ("missing", "existing", "nearest"),
    "which-columns": ("missing", "existing"),
    "too-few-columns": ("path", "existing"),
    "needs-zone": ("column", "sample"),
    "unknown-zone": ("zone",),
    "ambiguous-dates": ("column", "sample"),
    "not-times": ("column", "sample"),
    "nothing-taken": ("path", "rows"),
    "nothing-no-case": ("path", "rows"),
    "nothing-no-activity": ("path", "rows"),
    "nothing-no-time": ("path", "rows"),
    "nothing-cells": ("path", "rows"),
    "broken-gzip": ("path",),
    "broken-xml": ("path", "line"),
    "not-xes": ("path", "root"),
    "forbidden-xml": ("path",),
    "broken-parquet": ("path",),
    "broken-workbook": ("path",),
    "no-sheet": ("sheet", "existing"),
    "disk-full": ("path",),
    "not-writable": ("path",),
    "out-of-memory": ("path",),
    "too-large": ("path", "limit"),
    "too-many-texts": ("path", "most"),
    "no-such-log": ("name",),
    "no-spark": (),
    "unknown-engine": ("engine",),
    "spark-unreachable": ("engine", "reason"),
    "bad-memory": ("memory",),
    "bad-delimiter": ("delimiter",),
    "bad-dates": ("dates",),
    "bad-map": ("map",),
}
"""Every code, and the values its sentence may name."""

REASONS = (
    "cells",
    "open-quote",
    "no-case",
    "no-activity",
    "no-time",
    "bad-time",
    "too-long",
    "encoding",
    "outside-trace",
)
"""Why a single row may be set aside; the words stand under `mining.reason.<code>`."""

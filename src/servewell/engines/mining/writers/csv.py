"""Writes a log as CSV that spreadsheets open rightly: UTF-8 with its mark, times in ISO 8601 with `Z`.

A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a return) gets an apostrophe in
front; numbers stay as they are.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from servewell.engines.mining.writers.event import PLAIN, LogEvent, Value, iso
from servewell.engines.mining.writers.safely import safely

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(events: Iterable[LogEvent], path: Path, attributes: Sequence[str] = ()) -> int:
    """Write events and return how many; `attributes` become columns behind the plain ones.

    Raises `disk-full`, `not-writable`. The file appears when it is whole.
    """
    count = 0
    with safely(path, encoding="utf-8-sig", zipped=path.suffix == ".gz") as file:
        rows = csv.writer(file, lineterminator="\r\n")
        rows.writerow((*PLAIN, *attributes))
        for count, event in enumerate(events, start=1):  # noqa: B007 - the last count is the answer
            plain = (event.case, event.activity, event.time, event.resource, event.lifecycle)
            rows.writerow([_cell(value) for value in (*plain, *map(event.attributes.get, attributes))])
    return count


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return str(value).lower() if isinstance(value, bool) else repr(value)

"""How are rows set aside shown to a person? Headed and explained in their language, in the order of the file."""

import csv
import tempfile
from array import array
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from servewell.apps.base import texts
from servewell.apps.insight import storage

_HEADERS = ("row", "reason", "raw")


def shown(path: Path, language: str) -> IO[bytes]:
    """Return a reader's CSV `row,reason,raw` as a file to download; it is gone once it is closed.

    Only where each row stands is held in memory: 16 bytes for it, however long it is.
    """
    file = tempfile.TemporaryFile(dir=storage.spill())  # noqa: SIM115 - the response closes it
    try:
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        csv.writer(text).writerow(texts.say(f"insight.column.{name}", language) for name in _HEADERS)
        with path.open("rb") as source:
            _write(text, source, language)
        text.detach()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write(text: TextIOWrapper, source: IO[bytes], language: str) -> None:
    """Write the rows in their order; what stood in the file stays quoted as the reader left it."""
    head = csv.writer(text, lineterminator=",")
    numbers, places = _found(source)
    for at in sorted(range(len(numbers)), key=numbers.__getitem__):
        source.seek(places[at])
        number, reason, raw = next(_records(source)).decode().split(",", 2)
        head.writerow((number, texts.say(f"mining.reason.{reason}", language)))
        text.write(raw.rstrip("\n") + "\r\n")


def _found(source: IO[bytes]) -> tuple["array[int]", "array[int]"]:
    """Return the number of each row, and where in the file it stands."""
    numbers, places, place = array("q"), array("q"), 0
    for at, record in enumerate(_records(source)):
        if at:  # the first is the header
            numbers.append(int(record.split(b",", 1)[0]))
            places.append(place)
        place += len(record)
    return numbers, places


def _records(source: IO[bytes]) -> Iterator[bytes]:
    """Return each record with its line breaks: it ends where every quotation mark is closed.

    Not by the csv module, which refuses a cell as long as those that are set aside for being too long.
    """
    lines: list[bytes] = []
    marks = 0
    for line in iter(source.readline, b""):
        lines.append(line)
        marks += line.count(b'"')
        if marks % 2 == 0:
            yield b"".join(lines)
            lines = []

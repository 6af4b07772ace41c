"""Reads XES 1.0, also zipped, in one pass and without ever holding more than a trace.

An event's parts are its own attributes; `case:NAME` means the trace's attribute. The case is the trace's attribute,
else the event's. The log's `global` values are the standard's defaults for writers, not for readers: what an event
lacks stays missing. A classifier's name may stand for its keys. Document types that declare entities are refused.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ibis.backends.duckdb import Backend

from servewell.engines.mining.columns import XES, Columns
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import staging, text
from servewell.engines.mining.readers.aside import Aside
from servewell.engines.mining.readers.headers import Headers
from servewell.engines.mining.readers.outcome import Options, ReadReport
from servewell.engines.mining.readers.settling import Job, Material, settled
from servewell.engines.mining.readers.staged_texts import texts
from servewell.engines.mining.readers.xes_parser import TRACE, Event, Parser

BLOCK = 1 << 18  # bytes handed to the parser at once
_HEAD = 1 << 18  # bytes in which classifiers are looked for
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']""")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_CLASSIFIER = re.compile(r"<(?:\w+:)?classifier\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*["']([^"']*)["']""")
_NATIVE = ("utf-8", "utf-16", "ascii", "iso8859-1")  # what expat reads by itself


def read(connection: Backend, path: Path, columns: Columns | None, options: Options, table: str) -> ReadReport:
    """Turn an XES log into the table; see `readers.read`."""
    asked = _unfolded(columns or XES, path)
    # xs:dateTime without a zone: the standard's readers take UTC, and a question would help nobody.
    job = Job(staging.duck(connection), path, replace(asked, zone=asked.zone or "UTC"), options, table)
    encoding = _foreign_encoding(path, options)
    parser = Parser(path.name, job.columns)
    time = 1 + parser.keys.index(job.columns.time)
    with Aside(options.set_aside) as aside, texts(job.con, f"{table}_texts", len(parser.keys) + 1) as rows:
        rows.fill(_inside(events_of(path, parser, options, encoding), aside), options.memory_rows)
        _require(parser, job.columns)
        report = ReadReport("xes", asked, 0, 0, encoding=encoding or "utf-8")
        cells = {name: f"c{place}" for place, name in enumerate(parser.keys, start=1)}
        source = replace(staging.Source.of(rows.name, {job.columns.case: "c0"} | cells, job.columns), case="c0")
        material = Material(source, rows.sample(time), lambda wanted: rows.find(wanted, time))
        return settled(job, material, aside, report)


def events_of(path: Path, parser: Parser, options: Options, encoding: str | None = None) -> Iterator[Event]:
    """Yield the events in the order of the file. Raises `broken-gzip`, `broken-xml`, `not-xes`, `forbidden-xml`."""
    total = path.stat().st_size
    try:
        with text.unzipping(path), path.open("rb") as plain, text.through_gzip(plain) as raw:
            for block in _blocks(raw, encoding):
                yield from parser.feed(block)
                if options.progress:
                    options.progress(min(plain.tell(), total), total)
            yield from parser.close()
    except UnicodeError as wrong:
        raise MiningError("wrong-encoding", path=path.name, encoding=encoding) from wrong
    except expat.ExpatError as broken:
        raise MiningError("broken-xml", path=path.name, line=broken.lineno) from broken


def _unfolded(columns: Columns, path: Path) -> Columns:
    """Put its keys in the place of a classifier's name, unless an attribute has that name."""
    with text.unzipping(path), text.open_bytes(path) as file:
        head = file.read(_HEAD).decode("utf-8", errors="replace")
    keys: dict[str, tuple[str, ...]] = {}
    for tag in _CLASSIFIER.findall(head):
        said = dict(_ATTRIBUTE.findall(tag))
        keys[said.get("name", "")] = tuple(said.get("keys", "").split())
    activity: list[str] = []
    for name in columns.activity:
        activity += [name] if f'key="{name}"' in head or not keys.get(name) else keys[name]
    return replace(columns, activity=tuple(activity))


def _foreign_encoding(path: Path, options: Options) -> str | None:
    """Return the codec to decode with, or None for what expat reads by itself."""
    if options.encoding:
        found = text.checked_codec(options.encoding)
    else:
        with text.unzipping(path), text.open_bytes(path) as file:
            declared = _DECLARED.match(file.read(1_000))
        found = text.checked_codec(declared.group(1).decode("ascii")) if declared else text.encoding_of(path)
    return None if found.startswith(_NATIVE) else found


def _blocks(raw: IO[bytes], encoding: str | None) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
    first = True
    while block := raw.read(BLOCK):
        if decoder:
            decoded = decoder.decode(block)
            block = (_DECLARATION.sub("", decoded) if first else decoded).encode()
        first = False
        yield block
    if decoder:
        yield decoder.decode(b"", final=True).encode()


def _inside(events: Iterator[Event], aside: Aside) -> Iterator[Event]:
    """Set aside what stands outside any trace: it belongs to no case."""
    for event in events:
        line = int(event[0] or 0)
        if line >= 0:
            yield event
        else:
            aside.put(-line, "outside-trace", _shown(event[1:]))


def _require(parser: Parser, columns: Columns) -> None:
    if not parser.events:
        raise MiningError("header-only", path=parser.file_name)
    is_known = {parser.case, TRACE + parser.case} & parser.found
    missing = [] if is_known else [TRACE + parser.case]
    missing += [name for name in (*columns.activity, columns.time) if name not in parser.found]
    if missing:
        Headers(sorted(parser.seen - set(missing))).require(missing)


def _shown(cells: tuple[str | int | None, ...]) -> str:
    return " | ".join("" if cell is None else str(cell) for cell in cells)

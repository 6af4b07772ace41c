"""Writes XES 1.0 (IEEE 1849) with its standard extensions; zipped where the name ends in `.gz`."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from servewell.engines.mining.writers.event import LogEvent, Value, iso
from servewell.engines.mining.writers.safely import safely

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold
_EXTENSIONS = {"Concept": "concept", "Lifecycle": "lifecycle", "Organizational": "org", "Time": "time"}
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">
"""
_GLOBALS = """  <global scope="trace">
    <string key="concept:name" value=""/>
  </global>
  <global scope="event">
    <string key="concept:name" value=""/>
    <string key="lifecycle:transition" value="complete"/>
    <date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
  </global>
  <classifier name="Activity" keys="concept:name"/>
  <classifier name="Activity and lifecycle" keys="concept:name lifecycle:transition"/>
"""


def write(events: Iterable[LogEvent], path: Path, name: str) -> int:
    """Write events, already in the order of their cases, and return how many. Raises `disk-full`, `not-writable`.

    Control characters that XML cannot hold are left out. The file appears when it is whole.
    """
    count = 0
    with safely(path, zipped=path.suffix == ".gz") as file:
        file.write(_HEAD)
        for extension, prefix in _EXTENSIONS.items():
            uri = f"http://www.xes-standard.org/{prefix}.xesext"
            file.write(f'  <extension name="{extension}" prefix="{prefix}" uri="{uri}"/>\n')
        file.write(_GLOBALS)
        file.write("  " + _attribute("concept:name", name))
        for case, steps in groupby(events, key=lambda event: event.case):
            count += _trace(file, case, steps)
        file.write("</log>\n")
    return count


def _trace(file: IO[str], case: str, steps: Iterable[LogEvent]) -> int:
    count = 0
    file.write("  <trace>\n    " + _attribute("concept:name", case))
    for step in steps:
        file.write("    <event>\n" + "".join(f"      {line}" for line in _lines(step)) + "    </event>\n")
        count += 1
    file.write("  </trace>\n")
    return count


def _lines(step: LogEvent) -> list[str]:
    lines = [
        _attribute("concept:name", step.activity),
        _attribute("time:timestamp", step.time),
        _attribute("lifecycle:transition", step.lifecycle),
    ]
    if step.resource is not None:
        lines.append(_attribute("org:resource", step.resource))
    if step.id is not None:
        lines.append(_attribute("identity:id", step.id))
    return lines + [_attribute(key, value) for key, value in step.attributes.items()]


def _attribute(key: str, value: Value) -> str:
    kind, text = _typed(value)
    return f"<{kind} key={_quoted(key)} value={_quoted(text)}/>\n"


def _typed(value: Value) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, float):
        return "float", repr(value)
    if isinstance(value, datetime):
        return "date", iso(value)
    return "string", value


def _quoted(text: str) -> str:
    # Line ends and tabs would come back as blanks, were they not written as references.
    return quoteattr(_FORBIDDEN.sub("", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})

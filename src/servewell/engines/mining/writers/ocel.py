"""Writes OCEL 2.0 as JSON: events, the objects they are about, and the types of both.

The file begins with the events, so that a log of any length can be written while it is read; the order of the keys is
free in JSON. Every event is about its case; its resource and `objects` are further objects, `TYPE:ID` by id.
"""

import json
import math
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from servewell.engines.mining.writers.event import LogEvent, Value, iso
from servewell.engines.mining.writers.safely import safely


def write(events: Iterable[LogEvent], path: Path, case_type: str = "case", resource_type: str = "resource") -> int:
    """Write events and return how many. Raises `disk-full`, `not-writable`. The file appears when it is whole."""
    types: dict[str, dict[str, str]] = {}  # event type: attribute: type
    objects: dict[str, str] = {}  # id: type
    with safely(path, zipped=path.suffix == ".gz") as file:
        file.write('{"events": [')
        count = 0
        for count, event in enumerate(events, start=1):
            about = _objects(event, case_type, resource_type)
            objects.update({object_id: kind for _qualifier, (kind, object_id) in about.items()})
            _widen(types.setdefault(event.activity, {"lifecycle": "string"}), event)
            file.write(",\n" if count > 1 else "\n")
            file.write(json.dumps(_event(event, count, about), ensure_ascii=False))
        _write_rest(file, types, objects)
    return count


def _objects(event: LogEvent, case_type: str, resource_type: str) -> dict[str, tuple[str, str]]:
    """Return (type, id) per qualifier."""
    about = {case_type: event.case, **event.objects}
    if event.resource is not None:
        about[resource_type] = event.resource
    return {kind: (kind, f"{kind}:{key}") for kind, key in about.items()}


def _event(event: LogEvent, number: int, about: dict[str, tuple[str, str]]) -> dict[str, Any]:
    attributes = {"lifecycle": event.lifecycle, **event.attributes}
    return {
        "id": event.id or f"e{number}",
        "type": event.activity,
        "time": iso(event.time),
        "attributes": [{"name": name, "value": _json(value)} for name, value in attributes.items()],
        "relationships": [{"objectId": key, "qualifier": name} for name, (_kind, key) in about.items()],
    }


def _widen(known: dict[str, str], event: LogEvent) -> None:
    """An attribute that is of two types somewhere is a string everywhere it is declared."""
    for name, value in event.attributes.items():
        kind = _type(value)
        known[name] = kind if known.get(name, kind) == kind else "string"


def _write_rest(file: IO[str], types: dict[str, dict[str, str]], objects: dict[str, str]) -> None:
    file.write('\n],\n"objects": [')
    for number, (key, kind) in enumerate(objects.items()):
        file.write(",\n" if number else "\n")
        entry = {"id": key, "type": kind, "attributes": [], "relationships": []}
        file.write(json.dumps(entry, ensure_ascii=False))
    event_types = [
        {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in sorted(attributes.items())]}
        for name, attributes in types.items()
    ]
    object_types = [{"name": kind, "attributes": []} for kind in sorted(set(objects.values()))]
    file.write('\n],\n"eventTypes": ' + json.dumps(event_types, ensure_ascii=False))
    file.write(',\n"objectTypes": ' + json.dumps(object_types, ensure_ascii=False) + "}\n")


def _type(value: Value) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float) and math.isfinite(value):
        return "float"
    return "time" if isinstance(value, datetime) else "string"


def _json(value: Value) -> str | int | float | bool:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no number for it
    return iso(value) if isinstance(value, datetime) else value

"""How are logs and sent files shown? In the shapes the workspace and other programs read."""

import re
from datetime import datetime
from typing import Any

from ninja import Schema

from servewell.apps.base import texts
from servewell.apps.insight.actions import Sent
from servewell.apps.insight.errors import explained
from servewell.apps.insight.models import Log
from servewell.apps.insight.queries import Source
from servewell.engines.mining.readers import Inspection, times

_PARTS = re.compile(r"\d+")
_MONTHS = 12  # a larger part is a day


class Progress(Schema):
    """How far an import is."""

    stage: str  # reading | sorting | writing
    done: float  # 0..1
    eta_s: float | None


class Failure(Schema):
    """Why a log never became ready."""

    type: str
    title: str


class ColumnsShown(Schema):
    """Which column is what."""

    case: str
    activity: list[str]
    time: str
    resource: str | None = None


class LogShown(Schema):
    """A log."""

    id: str  # `journal`, or an id
    name: str
    kind: str  # journal | imported
    state: str  # ready | importing | failed | empty
    events: int
    cases: int
    activities: int
    first_at: datetime | None
    last_at: datetime | None
    created_at: datetime | None
    set_aside: int
    progress: Progress | None
    error: Failure | None
    columns: ColumnsShown | None


class UploadColumn(Schema):
    """One column of a sent file."""

    name: str
    samples: list[str]
    guess: str | None  # case | activity | time | start | resource


class UploadShown(Schema):
    """A sent file, and what it seems to hold."""

    id: str
    file_name: str
    bytes: int
    format: str
    encoding: str | None
    columns: list[UploadColumn]
    needs_zone: bool
    ambiguous_dates: bool  # its first times may be day first or month first: ask which
    ready: bool  # nothing to ask
    preview: list[list[str | None]]


def log(log: Log, language: str) -> dict[str, Any]:
    """Return an imported log."""
    fields = ("name", "state", "events", "cases", "activities", "first_at", "last_at", "created_at", "set_aside")
    return {
        "id": str(log.id),
        "kind": "imported",
        **{field: getattr(log, field) for field in (*fields, "progress", "columns")},
        "error": log.error and failure(log.error, language),
    }


def journal(source: Source, language: str) -> dict[str, Any]:
    """Return the journal as a log."""
    facts = source.facts
    return {
        "id": source.id,
        "name": texts.say("insight.journal", language),
        "kind": "journal",
        "state": "ready" if facts.events else "empty",
        **{field: getattr(facts, field) for field in ("events", "cases", "activities", "first_at", "last_at")},
        "created_at": facts.first_at,
        "set_aside": 0,
        "progress": None,
        "error": None,
        "columns": None,
    }


def of(source: Source, language: str) -> dict[str, Any]:
    """Return whichever it is."""
    return journal(source, language) if source.log is None else log(source.log, language)


def failure(error: dict[str, Any], language: str) -> dict[str, str]:
    """Return the name and the sentence of a stored failure: the engine's codes, or the room's own."""
    code = error["code"]
    room = "mining" if texts.known(f"mining.error.{code}") else "insight"
    return {"type": f"/errors/{room}-{code}", "title": explained(code, language, **error["values"])}


def ambiguous_dates(found: Inspection) -> bool:
    """Do the first times look like 02/01/2026, with nothing among them that says which part is the day?"""
    place = next((at for at, column in enumerate(found.columns) if column.guess == "time"), None)
    if place is None:
        return False
    texts_seen = [row[place] for row in found.preview]
    slashed = [text for text in texts_seen if (how := times.written(text)) and how.form.name == "slashed"]
    parts = [[int(part) for part in _PARTS.findall(text)[:2]] for text in slashed]
    return bool(parts) and all(max(pair) <= _MONTHS for pair in parts)


def sent(sent: Sent) -> dict[str, Any]:
    """Return a sent file."""
    upload, found = sent.upload, sent.inspection
    doubtful = ambiguous_dates(found)
    return {
        "id": str(upload.id),
        "file_name": upload.file_name,
        "bytes": upload.bytes,
        "format": found.format,
        "encoding": found.encoding,
        "columns": [
            {"name": column.name, "samples": list(column.samples), "guess": column.guess} for column in found.columns
        ],
        "needs_zone": found.needs_zone,
        "ambiguous_dates": doubtful,
        "ready": found.ready and not doubtful,
        "preview": [list(row) for row in found.preview],
    }

"""Read a foreign log into the installation, under a name."""

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servewell.site.cli import talk

if TYPE_CHECKING:
    from servewell.apps.insight.course import Course
    from servewell.apps.insight.models import Log
    from servewell.engines.mining import Columns
    from servewell.engines.mining.readers import Options

KINDS = ("xes", "csv", "parquet")  # what the file holds is found out; the word is for the reader of a script
PARTS = ("case", "activity", "time", "resource")
_BAR = 24  # signs
_EVERY_S = 0.5


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, its columns, and what a person may know better than the reader."""
    parser.add_argument("kind", choices=KINDS, help=talk.text("mining.import.kind"))
    parser.add_argument("file", metavar="FILE", type=Path, help=talk.text("mining.import.file"))
    parser.add_argument("--name", metavar="LOG", help=talk.text("mining.import.name"))
    for name in ("case", "activity", "timestamp", "resource", "zone"):
        parser.add_argument(f"--{name}", metavar=name[0].upper(), help=talk.text(f"mining.cli.{name}"))
    for name in ("map", "encoding", "delimiter", "dates", "sheet"):
        parser.add_argument(f"--{name}", metavar=name[0].upper(), help=talk.text(f"mining.import.{name}"))


def run(options: argparse.Namespace) -> None:
    """Look at the file first, so that a wrong one is refused before the database is started; then import it."""
    how = _options(options)
    columns = _columns(options, how)
    from servewell.site.cli import installation

    with installation.ready(options):
        installation.demand_migrated()
        from servewell.apps.base.principal import SYSTEM
        from servewell.apps.insight import actions
        from servewell.apps.insight.course import Course

        course = Course()
        with _told(course, sys.stderr.isatty() and not options.json):
            log = actions.import_file(SYSTEM, options.file, options.name, columns, course, how)
        _say(options, log)


def _say(options: argparse.Namespace, log: "Log") -> None:
    from servewell.apps.insight import importing, storage

    aside = storage.log(log.id) / importing.SET_ASIDE
    found: dict[str, Any] = {
        "id": str(log.id),
        "name": log.name,
        "events": log.events,
        "cases": log.cases,
        "set_aside": log.set_aside,
        "set_aside_file": str(aside) if log.set_aside else None,
    }
    talk.emit(
        options, found, talk.text("mining.import.done", name=log.name, events=_n(log.events), cases=_n(log.cases))
    )
    if log.set_aside:
        talk.note(talk.text("mining.import.aside", rows=_n(log.set_aside), path=aside))


def _n(number: int | None) -> str:
    return f"{number or 0:,}"


def _options(options: argparse.Namespace) -> "Options":
    from servewell.engines.mining.readers import Options

    delimiter = "\t" if options.delimiter in ("tab", "\\t") else options.delimiter
    return Options(encoding=options.encoding, delimiter=delimiter, dates=options.dates, sheet=options.sheet)


def _columns(options: argparse.Namespace, how: "Options") -> "Columns | None":
    """Return the columns where the person named any: what is left out is guessed from the file."""
    from servewell.engines.mining import readers

    guess = readers.guess(options.file, how)
    named: dict[str, Any] = _mapped(options.map)
    said = {"case": options.case, "activity": options.activity, "time": options.timestamp, "resource": options.resource}
    named |= {part: value for part, value in said.items() if value is not None}
    if isinstance(named.get("activity"), str):
        named["activity"] = tuple(named["activity"].split(","))
    if options.zone is not None:
        named["zone"] = options.zone
    return replace(guess, **named) if named else None


def _mapped(words: str | None) -> dict[str, Any]:
    """Return the parts of `case=A,activity=B+C,time=D`; MiningError `bad-map`."""
    from servewell.engines.mining.errors import MiningError

    found: dict[str, Any] = {}
    for word in (words or "").split(",") if words else ():
        part, sign, column = word.partition("=")
        part = {"timestamp": "time"}.get(part.strip(), part.strip())
        if not sign or part not in PARTS or not column.strip():
            raise MiningError("bad-map", map=words)
        found[part] = tuple(column.strip().split("+")) if part == "activity" else column.strip()
    return found


@contextmanager
def _told(course: "Course", wanted: bool) -> Iterator[None]:
    """Show how far it is, on one line that vanishes in the end."""
    if not wanted:
        yield
        return
    over = threading.Event()
    teller = threading.Thread(target=_tell, args=(course, over), daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
        sys.stderr.write("\r\033[K")


def _tell(course: "Course", over: threading.Event) -> None:
    while not over.wait(_EVERY_S):
        at = course.report()
        done, eta = float(at["done"] or 0), at["eta_s"]
        bar = "━" * round(done * _BAR) + "─" * (_BAR - round(done * _BAR))
        left = "" if eta is None else f"  {float(eta):.0f} s"
        stage = talk.text(f"mining.import.{at['stage']}")
        sys.stderr.write(f"\r\033[K{stage} {bar} {done:.0%}{left}")
        sys.stderr.flush()

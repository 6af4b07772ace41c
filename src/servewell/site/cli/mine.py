"""Find the process in a log: a file, an imported log, or the journal."""

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from servewell.site.cli import mined, talk

if TYPE_CHECKING:
    from servewell.engines.mining import Columns, Connection, Steps
    from servewell.engines.mining.errors import MiningError
    from servewell.engines.mining.readers import Options, ReadReport

JOURNAL = "journal"
FILE_ENDINGS = (".xes", ".gz", ".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".zip")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the log, its columns, and where the figures go."""
    parser.set_defaults(json=False)
    parser.add_argument("log", metavar="LOG", help=talk.text("mining.cli.log"))
    for name in ("case", "activity", "timestamp", "resource", "zone"):
        parser.add_argument(f"--{name}", metavar=name[0].upper(), help=talk.text(f"mining.cli.{name}"))
    for name in ("encoding", "delimiter", "dates", "sheet"):
        parser.add_argument(f"--{name}", metavar=name[0].upper(), help=talk.text(f"mining.import.{name}"))
    parser.add_argument("--set-aside", metavar="F", type=Path, help=talk.text("mining.cli.set-aside"))
    parser.add_argument("--engine", default="duckdb", help=talk.text("mining.cli.engine"))
    parser.add_argument("--memory", default="2GB", help=talk.text("mining.cli.memory"))
    parser.add_argument("--json", dest="json_file", metavar="F", help=talk.text("mining.cli.json"))
    parser.add_argument("--html", dest="html_file", metavar="F", help=talk.text("mining.cli.html"))


def run(options: argparse.Namespace) -> None:
    """Read, put in order, count, and say it."""
    from servewell.engines.mining import summary

    with _steps(options) as (steps, report):
        figures = summary(steps)
        if options.html_file:
            _write_page(options, steps)
    if report is not None and report.rows_set_aside:
        talk.note(mined.set_aside(report))
    if options.json_file == "-":
        print(json.dumps(figures, ensure_ascii=False))
        return
    if options.json_file:
        _write(options.json_file, json.dumps(figures, ensure_ascii=False, indent=1))
    print(mined.sentences(Path(options.log).name, figures))


@contextmanager
def _steps(options: argparse.Namespace) -> Iterator[tuple["Steps", "ReadReport | None"]]:
    """Yield the log in order, and what reading it told: of the file, where there is one, else of the log so called."""
    path = Path(options.log)
    if path.exists() and options.log != JOURNAL:
        yield _of_file(path, options)
    else:
        with _of_installation(options) as steps:
            yield steps, None


@contextmanager
def _of_installation(options: argparse.Namespace) -> Iterator["Steps"]:
    """Open a log in the lake of the installation, if there is one: to ask for a log makes none."""
    from servewell.engines.mining import lake
    from servewell.site import database, places
    from servewell.site.cli import installation
    from servewell.site.errors import NoInstallation

    if not database.is_there(places.data()):
        raise NoInstallation(data=str(places.data())) if options.log == JOURNAL else _nothing(options.log)
    with installation.ready(options):
        installation.demand_migrated()
        from servewell.apps.insight import queries

        folder = queries.lake_folder(options.log)
        if folder is None:
            raise _nothing(options.log)
        yield lake.open(_connection(options), folder)


def _nothing(text: str) -> "MiningError":
    """Say of what has a folder or a file's ending that there is no such file, else that there is no such log."""
    from servewell.engines.mining.errors import MiningError

    if "/" in text or Path(text).suffix.lower() in FILE_ENDINGS:
        return MiningError("not-found", path=text)
    return MiningError("no-such-log", name=text)


def _of_file(path: Path, options: argparse.Namespace) -> tuple["Steps", "ReadReport"]:
    """Read a file and put it in order."""
    from servewell.engines.mining import backend, materialise, readers

    connection = _connection(options)
    how = _how(options)
    rows, report = readers.read(connection, path, _columns(path, options, how), how)
    if options.engine != "duckdb":
        from servewell.engines.mining import spark

        return spark.materialise(spark.connect(options.engine), rows), report
    return materialise(connection, rows, release=lambda: backend.discard(connection, rows)), report


def _connection(options: argparse.Namespace) -> "Connection":
    from servewell.engines.mining import connect
    from servewell.engines.mining.errors import MiningError

    if not re.fullmatch(r"[1-9]\d*(\.\d+)?\s*[KMGT]i?B", options.memory, re.IGNORECASE):
        raise MiningError("bad-memory", memory=options.memory)
    if options.engine != "duckdb" and not re.match(r"spark://.|local(\[.+\])?$", options.engine):
        raise MiningError("unknown-engine", engine=options.engine)
    return connect(memory=options.memory)


def _how(options: argparse.Namespace) -> "Options":
    from servewell.engines.mining.readers import Options

    delimiter = "\t" if options.delimiter in ("tab", "\\t") else options.delimiter
    known = {name: getattr(options, name) for name in ("encoding", "dates", "sheet", "set_aside")}
    return Options(delimiter=delimiter, **known)


def _columns(path: Path, options: argparse.Namespace, how: "Options") -> "Columns | None":
    """Return the columns where the person named any: what is left out is guessed from the file."""
    from servewell.engines.mining import readers

    named = {
        "case": options.case,
        "activity": tuple(options.activity.split(",")) if options.activity else None,
        "time": options.timestamp,
        "resource": options.resource,
        "zone": options.zone,
    }
    named = {part: value for part, value in named.items() if value is not None}
    return replace(readers.guess(path, how), **named) if named else None


def _write_page(options: argparse.Namespace, steps: "Steps") -> None:
    from servewell.engines.mining import report

    _write(options.html_file, report.html(steps, Path(options.log).name, talk.language()))


def _write(name: str, text: str) -> None:
    from servewell.engines.mining.writers.safely import safely

    with safely(Path(name)) as file:
        file.write(text)

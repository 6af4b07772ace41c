"""Write the journal, or an imported log, for other tools."""

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from servewell.site.cli import talk

if TYPE_CHECKING:
    from servewell.engines.mining import Connection
    from servewell.engines.mining.writers.event import LogEvent

KINDS = ("xes", "ocel", "csv")
JOURNAL = "journal"
ATTRIBUTES = ("team", "customer", "channel", "contact_type", "sentiment", "actor_kind", "flow", "version", "amount")
AT_ONCE = 10_000  # rows
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JOURNAL_COLUMNS = ("id", "activity", "element", "lifecycle", "actor", "attributes", *ATTRIBUTES)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the format, the file and the log."""
    parser.add_argument("kind", choices=KINDS, help=talk.text("mining.export.kind"))
    parser.add_argument("file", metavar="FILE", type=Path, help=talk.text("mining.export.file"))
    parser.add_argument("--log", metavar="NAME", default=JOURNAL, help=talk.text("mining.export.log"))


def run(options: argparse.Namespace) -> None:
    """Write all events, case by case, each case in its order."""
    from servewell.engines import mining
    from servewell.site.cli import installation

    with installation.ready(options):
        installation.demand_migrated()
        from servewell.apps.insight import storage

        connection = mining.connect(spill=str(storage.spill()))
        try:
            if options.log == JOURNAL:
                events = _write(options, _of_journal(connection), ATTRIBUTES, ("conversation", "agent"))
            else:
                events = _write(options, _of_log(connection, options.log), (), ("case", "resource"))
        finally:
            connection.disconnect()
    found = {"events": events, "path": str(options.file)}
    talk.emit(options, found, talk.text("mining.export.done", events=f"{events:,}", path=options.file))


def _write(
    options: argparse.Namespace, events: "Iterator[LogEvent]", attributes: tuple[str, ...], types: tuple[str, str]
) -> int:
    from servewell.engines.mining.writers import csv, ocel, xes

    if options.kind == "csv":
        return csv.write(events, options.file, attributes)
    if options.kind == "ocel":
        return ocel.write(events, options.file, *types)
    return xes.write(events, options.file, options.log)


def _of_journal(connection: "Connection") -> "Iterator[LogEvent]":
    """Yield the events of conversations, those of one together however many months they span."""
    import pyarrow as pa

    from servewell.apps.journal import queries
    from servewell.apps.journal.arrow import SCHEMA

    con = connection.con
    con.register("journal_rows", pa.RecordBatchReader.from_batches(SCHEMA, queries.export_rows()))
    con.execute("CREATE TEMP TABLE journal_events AS SELECT * FROM journal_rows")
    con.unregister("journal_rows")
    wanted = ", ".join(_JOURNAL_COLUMNS)
    # Fixed words only: no text from outside stands in this statement.
    con.execute(
        f"SELECT conversation, epoch_us(occurred_at), {wanted} FROM journal_events "  # noqa: S608
        "WHERE conversation IS NOT NULL ORDER BY conversation, seq"
    )
    while rows := con.fetchmany(AT_ONCE):
        for case, at, *values in rows:
            yield _journal_event(case, at, dict(zip(_JOURNAL_COLUMNS, values, strict=True)))


def _journal_event(case: str, at_us: int, row: dict[str, Any]) -> "LogEvent":
    from servewell.engines.mining.writers.event import LogEvent

    by_staff = row["actor_kind"] in ("agent", "bot")
    known = {name: row[name] for name in ATTRIBUTES if row[name] is not None}
    more = json.loads(row["attributes"]) if row["attributes"] else {}
    plain = {name: value if isinstance(value, str | int | float) else json.dumps(value) for name, value in more.items()}
    return LogEvent(
        case=case,
        activity=row["element"] or row["activity"],
        time=_EPOCH + timedelta(microseconds=at_us),
        resource=(row["actor"] or row["actor_kind"]) if by_staff else None,
        lifecycle=row["lifecycle"],
        id=row["id"],
        attributes={f"attribute:{name}": value for name, value in plain.items() if value is not None} | known,
        objects={kind: row[kind] for kind in ("customer", "team") if row[kind]},
    )


def _of_log(connection: "Connection", name: str) -> "Iterator[LogEvent]":
    """Yield the events of an imported log; MiningError `no-such-log`."""
    from servewell.apps.insight import queries
    from servewell.engines.mining import lake
    from servewell.engines.mining.errors import MiningError
    from servewell.engines.mining.writers.event import LogEvent

    folder = queries.lake_folder(name)
    if folder is None:
        raise MiningError("no-such-log", name=name)
    log = lake.open(connection, folder)
    named = (
        log.steps.join(log.cases.select("case", "name"), "case")
        .join(log.activities, "activity")
        .left_join(log.resources.select("resource", who="name"), "resource")
        .order_by("case", "position")
        .select("name", "label", "at_us", "who")
    )
    connection.con.execute(connection.compile(named))
    while rows := connection.con.fetchmany(AT_ONCE):
        for case, activity, at, who in rows:
            yield LogEvent(case, activity, _EPOCH + timedelta(microseconds=at), who)

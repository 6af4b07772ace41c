"""Small logs for tests."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from tests.unit.engines.mining.reference import Row

from servewell.engines import mining

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
SCHEMA = pa.schema(
    [
        ("case", pa.string()),
        ("activity", pa.string()),
        ("time", pa.timestamp("us")),
        ("resource", pa.string()),
        ("row", pa.int64()),
    ]
)


def log(*lines: str) -> list[Row]:
    """Make rows of lines `case activity minutes [resource]`."""
    rows = []
    for line in lines:
        case, activity, minutes, *who = line.split()
        rows.append(Row(case, activity, BEGIN + timedelta(minutes=float(minutes)), who[0] if who else None))
    return rows


def steps(connection: mining.Connection, rows: Iterable[Row]) -> mining.Steps:
    """Put a log in order."""
    values = [
        {"case": row.case, "activity": row.activity, "time": row.time.replace(tzinfo=None), "resource": row.resource}
        for row in rows
    ]
    table = pa.Table.from_pylist([value | {"row": n} for n, value in enumerate(values)], SCHEMA)
    name = "given"
    connection.con.register(name, table)
    try:
        return mining.materialise(connection, connection.table(name))
    finally:
        connection.con.unregister(name)

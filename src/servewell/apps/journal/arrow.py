"""How do rows leave PostgreSQL for the lake and for mining? By COPY, straight into Arrow."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pyarrow as pa
from pyarrow import csv

_TIME = pa.timestamp("us", tz="UTC")
# The columns of the lake's files, in their order.
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("occurred_at", _TIME),
        ("recorded_at", _TIME),
        ("conversation", pa.string()),
        ("seq", pa.int64()),
        ("customer", pa.string()),
        ("activity", pa.string()),
        ("lifecycle", pa.string()),
        ("actor_kind", pa.string()),
        ("actor", pa.string()),
        ("team", pa.string()),
        ("channel", pa.string()),
        ("contact_type", pa.string()),
        ("sentiment", pa.string()),
        ("flow", pa.string()),
        ("version", pa.int32()),
        ("element", pa.string()),
        ("amount", pa.int64()),
        ("attributes", pa.string()),  # JSON
    ]
)
_BLOCK = 4 * 2**20  # bytes of CSV to a batch


def batches(
    connection: psycopg.Connection[Any], condition: str, order: str = "", columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the journal's rows that meet an SQL `condition` (text of ours, never from outside) as Arrow batches."""
    schema = chosen(columns)
    wanted = ", ".join(map(_expression, schema))
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"copy (select {wanted} from journal_event where {condition} {order}) to stdout (format csv)"  # noqa: S608 - text of ours
        ) as copy,
    ):
        reader = _first_block(_Bytes(copy), schema)
        for batch in reader or ():
            yield _typed(batch, schema)


def chosen(columns: Sequence[str] | None) -> pa.Schema:
    """Return SCHEMA, or the part of it with these columns."""
    return SCHEMA if columns is None else pa.schema([SCHEMA.field(name) for name in columns])


class _Bytes(io.RawIOBase):
    """What COPY sends, as a file."""

    def __init__(self, copy: Any) -> None:
        self._pieces = iter(copy)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _first_block(source: _Bytes, schema: pa.Schema) -> Any:
    """Return a reader, or None where there are no rows, which Arrow's reader takes for an error."""
    buffered = io.BufferedReader(source, 2**16)
    if not buffered.peek(1):
        return None
    return csv.open_csv(
        pa.PythonFile(buffered, mode="r"),
        read_options=csv.ReadOptions(column_names=schema.names, block_size=_BLOCK, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=False),
        convert_options=csv.ConvertOptions(
            column_types={field.name: pa.int64() if field.type == _TIME else field.type for field in schema},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _expression(field: pa.Field) -> str:
    """Times travel as microseconds since 1970: exact, and quicker to read than text."""
    return f"(extract(epoch from {field.name}) * 1000000)::bigint" if field.type == _TIME else str(field.name)


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)

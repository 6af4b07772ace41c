"""Reads Parquet: columns of any type, times typed or written as text."""

from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from servewell.engines.mining.columns import Columns
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import staging
from servewell.engines.mining.readers.aside import Aside
from servewell.engines.mining.readers.headers import Headers, resolved
from servewell.engines.mining.readers.outcome import Options, ReadReport
from servewell.engines.mining.readers.progress import watched
from servewell.engines.mining.readers.settling import Found, Job, Material, Wanted, settled
from servewell.engines.mining.readers.staging import quoted

SAMPLE_ROWS = 1_000
_AT_ONCE = 1_000


def read(connection: Backend, path: Path, columns: Columns | None, options: Options, table: str) -> ReadReport:
    """Turn a Parquet file into the table; see `readers.read`."""
    headers, sample = opened(path)
    if not sample:
        raise MiningError("header-only", path=path.name)
    job = Job(staging.duck(connection), path, resolved(columns, headers, sample), options, table)
    try:
        with Aside(options.set_aside) as aside, watched(job.con, path.stat().st_size, options.progress):
            return _read(job, sample, headers, aside)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as broken:
        raise staging.explained(broken, "broken-parquet", path) from broken


def opened(path: Path) -> tuple[Headers, list[list[str]]]:
    """Return the columns and the first rows as texts. Raises `broken-parquet`."""
    try:
        with pq.ParquetFile(path) as file:
            headers = Headers(file.schema_arrow.names)
            batch = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
            rows = [] if batch is None else [[_text(value) for value in row.values()] for row in batch.to_pylist()]
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError) as broken:
        raise MiningError("broken-parquet", path=path.name) from broken
    return headers, rows


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _read(job: Job, sample: list[list[str]], headers: Headers, aside: Aside) -> ReadReport:
    relation = staging.scan("read_parquet", job.path, "file_row_number = true")
    types = dict(
        job.con.execute(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM {relation})").fetchall()
    )
    columns = job.columns
    cells = {name: f"{quoted(name)}::VARCHAR" for name in columns.names}
    typed = types[columns.time].startswith(("TIMESTAMP", "DATE"))
    if typed:
        # A timestamp without a zone becomes one of the session's zone, exactly as a text without one does.
        cells[columns.time] = f"make_timestamp(epoch_us({quoted(columns.time)}::TIMESTAMPTZ))"
    source = staging.Source.of(relation, cells, columns, time_is_utc=typed)
    times = [row[headers.place(columns.time)] for row in sample]
    report = ReadReport("parquet", columns, 0, 0)
    material = Material(source, times, lambda wanted: _found(job, relation, wanted))
    return settled(job, material, aside, report)


def _found(job: Job, relation: str, wanted: Wanted) -> Found:
    time = f"coalesce({quoted(job.columns.time)}::VARCHAR, '')"
    raw = ", ".join(f"coalesce({quoted(name)}::VARCHAR, '')" for name in job.columns.names)
    while some := dict(islice(wanted, _AT_ONCE)):
        rows = job.con.execute(
            f"SELECT file_row_number, {time}, concat_ws(' | ', {raw}) FROM {relation} "
            f"WHERE file_row_number IN ({', '.join(map(str, some))}) ORDER BY file_row_number"
        ).fetchall()
        yield from ((number + 1, some[number], at, shown) for number, at, shown in rows)

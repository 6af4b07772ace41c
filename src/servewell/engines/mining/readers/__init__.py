"""Reads a log of any known format into one temporary table: `case`, `activity`, `time` (UTC), `resource`, extras."""

from importlib import import_module
from pathlib import Path

import duckdb
from ibis.backends.duckdb import Backend
from ibis.expr import types as ir

from servewell.engines.mining.backend import temporary
from servewell.engines.mining.columns import Columns
from servewell.engines.mining.readers import files, staging
from servewell.engines.mining.readers.inspection import Column, Inspection, guess, inspect
from servewell.engines.mining.readers.outcome import Options, Progress, ReadReport, SetAside

__all__ = [
    "Column",
    "Inspection",
    "Options",
    "Progress",
    "ReadReport",
    "SetAside",
    "guess",
    "inspect",
    "read",
]

_READERS = {  # module of each format, imported when a file needs it
    "csv": "csv",
    "csv.gz": "csv",
    "xes": "xes",
    "xes.gz": "xes",
    "parquet": "parquet",
    "xlsx": "excel",
}


def read(
    connection: Backend,
    path: Path,
    columns: Columns | None = None,
    options: Options = Options(),  # noqa: B008 - frozen
    table: str = "rows",
) -> tuple[ir.Table, ReadReport]:
    """Read a file into the temporary table `table` of an Ibis DuckDB connection; return it and what became of the file.

    The table has `case`, `activity`, `resource` (null: unknown) as strings, `time` as a UTC timestamp, then the extra
    columns as text; its row ids keep the order of the file. `columns` None: the standard's own names (XES), or a guess.
    Rows that cannot be taken go to `options.set_aside`. Raises MiningError; then no table and no file is left behind.
    """
    reader = import_module(f"{__name__}.{_READERS[files.format_of(path)]}")
    try:
        report: ReadReport = reader.read(connection, path, columns, options, table)
    except duckdb.InterruptException:
        raise
    except duckdb.Error as failed:
        raise staging.explained(failed, None, path) from failed
    return temporary(connection, table), report

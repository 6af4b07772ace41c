"""The table of texts that careful readers fill: a line number and one cell per column, as they stood."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import duckdb

from servewell.engines.mining.readers.settling import Found, Wanted
from servewell.engines.mining.readers.staging import quoted

Row = tuple[int | str | None, ...]  # (row as people count, then the cells)
AT_ONCE = 1_000  # rows looked up again by one statement


class Texts:
    """Rows of a file as text. Columns: `line`, then `c0`, `c1`, ..."""

    def __init__(self, con: duckdb.DuckDBPyConnection, name: str, width: int) -> None:
        self.name = quoted(name)
        self._con = con
        self._cells = [f"c{place}" for place in range(width)]
        declared = ", ".join(f"{cell} VARCHAR" for cell in self._cells)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {self.name} (line BIGINT, {declared})")

    def fill(self, rows: Iterator[Row], at_once: int) -> None:
        """Take all rows, so many at a time."""
        import pyarrow as pa  # a sixth of a second that the fast way does not need

        schema = pa.schema([("line", pa.int64()), *((cell, pa.string()) for cell in self._cells)])
        while batch := list(islice(rows, at_once)):
            cells = zip(zip(*batch, strict=True), schema, strict=True)
            table = pa.table([pa.array(column, field.type) for column, field in cells], schema=schema)
            self._con.register("servewell_batch", table)
            self._con.execute(f"INSERT INTO {self.name} SELECT * FROM servewell_batch")
            self._con.unregister("servewell_batch")

    def sample(self, place: int, rows: int = 1_000) -> list[str]:
        """Return the first cells of a column."""
        found = self._con.execute(f"SELECT coalesce(c{place}, '') FROM {self.name} LIMIT {rows}").fetchall()
        return [cell for (cell,) in found]

    def find(self, wanted: Wanted, time: int) -> Found:
        """Look rows up again: (line, reason, time, all cells in one text)."""
        while some := list(islice(wanted, AT_ONCE)):
            numbers = ", ".join(str(number) for number, _reason in some)
            cells = ", ".join(f"coalesce({cell}, '')" for cell in self._cells)
            rows = self._con.execute(
                f"SELECT line, coalesce(c{time}, ''), concat_ws(' | ', {cells}) FROM {self.name} "
                f"WHERE rowid IN ({numbers}) ORDER BY rowid"
            ).fetchall()
            for (_number, reason), (line, at, raw) in zip(some, rows, strict=True):
                yield line, reason, at, raw

    def drop(self) -> None:
        """Free the memory."""
        self._con.execute(f"DROP TABLE IF EXISTS {self.name}")


@contextmanager
def texts(con: duckdb.DuckDBPyConnection, name: str, width: int) -> Iterator[Texts]:
    """Hold such a table for a while."""
    table = Texts(con, name, width)
    try:
        yield table
    finally:
        table.drop()

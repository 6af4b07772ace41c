"""Where do DuckDB and Spark differ? All that is not a plain Ibis expression stands here."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import ibis
from ibis.backends.sql import SQLBackend
from ibis.expr import datatypes as dt
from ibis.expr import operations as ops
from ibis.expr import types as ir

Connection: TypeAlias = (
    SQLBackend  # an open Ibis connection, DuckDB or Spark; the engine never opens one in its functions
)


def connect(memory: str = "2GB", threads: int | None = None, spill: str | None = None) -> Connection:
    """Open a private DuckDB in memory that neither downloads nor installs anything.

    `memory` is its upper limit, beyond which it spills to the folder `spill` (default: DuckDB's own choice), of whose
    disk it takes half of what is free at most.
    """
    settings: dict[str, Any] = {
        "memory_limit": memory,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    settings |= {"threads": threads} if threads else {}
    if spill:
        room = shutil.disk_usage(spill).free // 2
        settings |= {"temp_directory": spill, "max_temp_directory_size": f"{room}B"}
    connection: Connection = ibis.duckdb.connect(**settings)
    connection.con.execute("set timezone = 'UTC'")
    return connection


def store(connection: Connection, expression: ir.Table, prefix: str) -> ir.Table:
    """Compute a table once and keep it for the life of the connection."""
    if connection.name != "duckdb":
        return expression.cache()
    name = ibis.util.gen_name(prefix)
    # Ibis would create the table and then insert into it, which costs a third more time than this one statement.
    connection.con.execute(f'create temporary table "{name}" as {connection.compile(expression)}')
    return temporary(connection, name)


@contextmanager
def held(connection: Connection, expression: ir.Table, prefix: str) -> Iterator[ir.Table]:
    """Compute a table once and keep it for a while."""
    table = store(connection, expression, prefix)
    try:
        yield table
    finally:
        discard(connection, table)


def discard(connection: Connection, table: ir.Table) -> None:
    """Free the memory of a table made by `store`."""
    if connection.name == "duckdb":
        connection.con.execute(f'drop table temp.main."{table.op().name}"')
    else:
        table.release()


def follow(connection: Connection, coded: ir.Table) -> ir.Table | None:
    """Make the step table of `coded`, a stored table in order; None where the engine cannot follow a table's own order.

    A measured exception to plain Ibis: see in_order.sql and the decision on mining.
    """
    if connection.name != "duckdb":
        return None
    name = ibis.util.gen_name("steps")
    text = (Path(__file__).parent / "in_order.sql").read_text(encoding="utf-8")
    connection.con.execute(text.format(steps=f'"{name}"', sorted=f'temp.main."{coded.op().name}"'))
    return temporary(connection, name)


def parquet(connection: Connection, path: Path, prefix: str) -> ir.Table:
    """Return the table in a Parquet file; nothing is read before it is asked for."""
    if connection.name != "duckdb":
        return connection.read_parquet(path)
    name = ibis.util.gen_name(prefix)
    plain = "".join(f"[{sign}]" if sign in "[*?" else sign for sign in str(path)).replace("'", "''")
    view = f"select * from read_parquet('{plain}')"  # noqa: S608 - quoted in the line above
    connection.con.execute(f'create temporary view "{name}" as {view}')
    return temporary(connection, name)


def temporary(connection: Connection, name: str) -> ir.Table:
    """Return a temporary table or view of DuckDB by its name; Ibis itself would ask for its columns through Arrow."""
    asked = "select column_name, data_type from duckdb_columns() where database_name = 'temp' and table_name = ?"
    columns = connection.con.execute(f"{asked} order by column_index", [name]).fetchall()
    schema = {column: connection.compiler.type_mapper.from_string(text) for column, text in columns}
    namespace = ops.Namespace(catalog="temp", database="main")
    table = ops.DatabaseTable(name=name, schema=ibis.schema(schema), source=connection, namespace=namespace)
    return table.to_expr()


def rows(table: ir.Table) -> list[dict[str, Any]]:
    """Compute a table and return its rows as Python values: numbers, texts, lists of them, and null."""
    connection = table.get_backend()
    if connection.name != "duckdb":
        found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
        return found
    # By way of Arrow, as Ibis has it, the first answer would cost its import, and 64 bits would bound every sum.
    cursor = connection.con.execute(connection.compile(table))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def original_order(connection: Connection, rows: ir.Table) -> ir.IntegerValue:
    """Return the number of a row: its column `row`, or in DuckDB, which keeps the order of insertion, the row id."""
    if "row" in rows.columns:
        return rows.row
    if connection.name != "duckdb":
        raise ValueError("rows need a column `row`: this engine keeps no order")
    return rows.rowid()


def mark(connection: Connection, value: ir.Value) -> ir.IntegerValue:
    """Return 64 well-mixed bits of a value, the same for the same value within one engine."""
    mixed = _HASHES[connection.name]
    return mixed(value)


def mark_of_all(connection: Connection, marks: ir.IntegerColumn) -> ir.IntegerScalar:
    """Return the marks of a group in one, whatever their order."""
    together = _TOGETHER[connection.name]
    return together(marks)


def _builtin(_value: Any) -> Any:
    """Stand for a function that the engine itself has."""


_HASHES = {
    "duckdb": ibis.udf.scalar.builtin(_builtin, name="hash", signature=((None,), dt.uint64)),
    "pyspark": ibis.udf.scalar.builtin(_builtin, name="xxhash64", signature=((None,), dt.int64)),
}
_TOGETHER = {  # Ibis knows `bit_xor`, though not on Spark, which has it
    "duckdb": ibis.udf.agg.builtin(_builtin, name="bit_xor", signature=((None,), dt.uint64)),
    "pyspark": ibis.udf.agg.builtin(_builtin, name="bit_xor", signature=((None,), dt.int64)),
}

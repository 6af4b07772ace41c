"""Puts a log in order on a Spark cluster, with the expressions that serve DuckDB (extra `spark`, Java 17)."""

from typing import Any

import ibis
from ibis.expr import types as ir

from servewell.engines.mining import steps
from servewell.engines.mining.backend import Connection, original_order
from servewell.engines.mining.errors import MiningError

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, never a wrong figure
    "spark.ui.enabled": "false",
}


def connect(engine: str) -> Connection:
    """Open a session on `spark://host:port` or `local[n]`. Raises `no-spark`, `spark-unreachable`."""
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise MiningError("no-spark") from missing
    builder = SparkSession.builder.master(engine).appName("servewell")
    # 200 partitions, Spark's default, are for a cluster: on one machine they are 200 little tasks a query.
    settings = SETTINGS | ({"spark.sql.shuffle.partitions": "4"} if engine.startswith("local") else {})
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        connection: Connection = ibis.pyspark.connect(session)
    except (PySparkException, Py4JError, OSError, RuntimeError) as failed:
        raise MiningError("spark-unreachable", engine=engine, reason=_reason(failed)) from failed
    return connection


def materialise(there: Connection, rows: ir.Table) -> steps.Steps:
    """Send rows that a reader put into DuckDB to the session `there` (see `connect`), and put them in order there."""
    here: Any = rows.get_backend()
    numbered = rows.mutate(row=original_order(here, rows))
    frame = there._session.createDataFrame(numbered.to_pyarrow())  # Ibis itself would go by way of pandas
    frame.createOrReplaceTempView("servewell_rows")
    return steps.materialise(there, there.table("servewell_rows"))


def _reason(failed: Exception) -> str:
    """Return the line that tells: what Java threw where it was Java, else the first."""
    lines = str(failed).splitlines() or [type(failed).__name__]
    return next((line.removeprefix(": ") for line in lines if line.startswith(": ")), lines[0])

"""How does a log rest on disk? As Parquet in the very form it is asked in, so that opening it sorts nothing."""

from pathlib import Path

from servewell.engines.mining import backend
from servewell.engines.mining.backend import Connection
from servewell.engines.mining.steps import Steps

_ORDER = {"steps": ("case", "position"), "cases": ("case",), "activities": ("activity",), "resources": ("resource",)}


def write(steps: Steps, folder: Path) -> None:
    """Write a log into an existing, empty folder: one Parquet file per table (zstd, sorted by case and time).

    The caller moves the folder into place when this returns, so that nobody reads a half-written log.
    """
    for name, order in _ORDER.items():
        table = getattr(steps, name).order_by(*order)
        table.to_parquet(folder / f"{name}.parquet", compression="zstd")


def open(connection: Connection, folder: Path) -> Steps:  # noqa: A001 - the verb of a lake, as of gzip and tarfile
    """Open a log that `write` wrote; nothing is read before it is asked for."""
    tables = {name: backend.parquet(connection, folder / f"{name}.parquet", name) for name in _ORDER}
    return Steps(connection, **tables)

"""How far is DuckDB? A watch beside a running statement, for those who wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from servewell.engines.mining.readers.outcome import Progress

EVERY_S = 0.25


@contextmanager
def watched(con: duckdb.DuckDBPyConnection, total: int, progress: Progress | None) -> Iterator[None]:
    """Report (bytes done, total) of the statements run meanwhile, four times a second."""
    if progress is None:
        yield
        return
    con.execute("SET enable_progress_bar = true")
    con.execute("SET enable_progress_bar_print = false")
    done = threading.Event()
    watch = threading.Thread(target=_report, args=(con, total, progress, done), daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()
        con.execute("SET enable_progress_bar = false")
    progress(total, total)


def _report(con: duckdb.DuckDBPyConnection, total: int, progress: Progress, done: threading.Event) -> None:
    while not done.wait(EVERY_S):
        percent = con.query_progress()
        if percent > 0:
            progress(int(total * percent / 100), total)

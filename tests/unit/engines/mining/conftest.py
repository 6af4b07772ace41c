"""One small DuckDB for all tests of the engine."""

from collections.abc import Callable, Iterator

import pytest
from tests.unit.engines.mining import build

from servewell.engines import mining


@pytest.fixture(scope="session")
def connection() -> mining.Connection:
    return mining.connect(memory="512MB", threads=1)


@pytest.fixture
def steps_of(connection: mining.Connection) -> Iterator[Callable[..., mining.Steps]]:
    """Put lines `case activity minutes [resource]` in order; the tables go when the test ends."""
    yield lambda *lines: build.steps(connection, build.log(*lines))
    for (name,) in connection.con.execute("select table_name from duckdb_tables() where temporary").fetchall():
        connection.con.execute(f'drop table "{name}"')

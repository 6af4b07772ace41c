"""How a log lies in memory."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.engines.mining import build
from tests.unit.engines.mining.reference import Row

from servewell.engines import mining
from servewell.engines.mining import backend
from servewell.engines.mining.steps import in_order
from servewell.engines.mining.tables import fetch

StepsOf = Callable[..., mining.Steps]

LINES = ("x Ask 5 Ann", "y Ask 0", "x Close 6 Bob", "x Ask 5.5")


def test_it_works(steps_of: StepsOf) -> None:
    """Steps are numbered within their case and know the one before: who, what, how long ago."""
    steps = steps_of(*LINES)
    first = build.BEGIN + timedelta(minutes=5)
    at = int(first.timestamp()) * 1_000_000
    assert fetch(steps.steps.filter(steps.steps["case"] == 0).order_by("position").drop("case")) == [
        _step(1, 0, None, resource=0, at_us=at),
        _step(2, 0, 0, at_us=at + 30_000_000, previous_resource=0, since_us=30_000_000),
        _step(3, 1, 0, resource=1, at_us=at + 60_000_000, since_us=30_000_000),
    ]
    assert fetch(steps.activities.order_by("activity")) == [
        {"activity": 0, "label": "Ask"},
        {"activity": 1, "label": "Close"},
    ]
    assert [row["name"] for row in fetch(steps.resources.order_by("resource"))] == ["Ann", "Bob"]


def _step(position: int, activity: int, previous: int | None, **more: int) -> dict[str, int | None]:
    nothing = dict.fromkeys(("resource", "previous_resource", "at_us", "since_us"))
    return {"position": position, "activity": activity, "previous": previous} | nothing | more


def test_cases_are_summed_up(steps_of: StepsOf) -> None:
    """Each case has its name, its bounds, its first and last activity."""
    steps = steps_of(*LINES)
    case = fetch(steps.cases.filter(steps.cases.name == "x").drop("variant", "start_us", "end_us"))
    assert case == [{"case": 0, "name": "x", "duration_us": 60_000_000, "steps": 3, "first": 0, "last": 1}]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("XYZ"), st.integers(0, 4)), max_size=40),
)
def test_one_pass_finds_what_windows_find(connection: mining.Connection, places: list[tuple[str, str, int]]) -> None:
    """DuckDB's single pass over the sorted table and plain windows per case, as for Spark, are the same."""
    rows = [Row(case, label, build.BEGIN + timedelta(minutes=n), label) for case, label, n in places]
    steps = build.steps(connection, rows).steps
    coded = steps.select("case", "activity", "resource", "at_us", row=steps.position.cast("int64"))
    by_windows = in_order(coded).order_by("case", "position")
    assert fetch(by_windows.select(*steps.columns)) == fetch(steps.order_by("case", "position"))


def test_an_expression_may_be_put_in_order(connection: mining.Connection) -> None:
    """`rows` need not be a table; without a column `row`, the order of the rows is that of the file."""
    rows = "(values ('1', 'B', timestamp '2026-01-05', 'R'), ('1', 'A', timestamp '2026-01-05', null))"
    connection.con.execute(
        f'create or replace temporary view two("case", activity, time, resource) as select * from {rows}'
    )
    table = connection.table("two", database=("temp", "main"))
    steps = mining.materialise(connection, table.mutate(activity=table.activity + "!"))
    assert mining.variants(steps).items[0].steps == ("B!", "A!")


def test_rows_are_let_go_of_once_they_are_coded(connection: mining.Connection) -> None:
    """So that a large log does not lie in memory twice; nothing but the four tables stays."""
    connection.con.execute(
        'create or replace temporary table given ("case" text, activity text, time timestamp, resource text)'
    )
    rows = connection.table("given", database=("temp", "main"))
    before = _tables(connection)
    steps = mining.materialise(connection, rows, lambda: backend.discard(connection, rows))
    assert "given" not in _tables(connection)
    mine = {table.op().name for table in (steps.steps, steps.cases, steps.activities, steps.resources)}
    assert _tables(connection) - before == mine


def _tables(connection: mining.Connection) -> set[str]:
    return {name for (name,) in connection.con.execute("select table_name from duckdb_tables()").fetchall()}


@pytest.mark.slow
def test_a_small_memory_spills_to_disk(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """A log larger than the memory allowed is put in order all the same."""
    small = mining.connect(memory="60MB", threads=1, spill=str(tmp_path))
    made = "select (n % 5000)::text as \"case\", 'a' || (n % 7)::text as activity"
    made += ", make_timestamp(1767600000000000 + n * 1000) as time, (n % 50)::text as resource from range(1500000) t(n)"
    small.con.execute(f"create temporary table big as {made}")
    rows = small.table("big", database=("temp", "main"))
    steps = mining.materialise(small, rows, lambda: backend.discard(small, rows))
    assert mining.process_map(steps).nodes[0].cases == 5_000


def test_memory_is_a_parameter() -> None:
    """What DuckDB may use is said at the connection, and it may not fetch extensions."""
    with pytest.raises(Exception, match="httpfs"):
        mining.connect(memory="100MB").con.execute("select * from 'https://localhost:1/x.parquet'")

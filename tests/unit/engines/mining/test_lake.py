"""A log at rest."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from servewell.engines import mining
from servewell.engines.mining import Filter, lake

StepsOf = Callable[..., mining.Steps]

LOG = (
    "1 Ask 0 Ann",
    "1 Wait 5",
    "1 Close 9 Bob",
    "2 Ask 1 Ann",
    "2 Close 3 Ann",
    "3 Ask 2",
    "3 Wait 4 Bob",
    "3 Close 7",
)


def test_it_works(steps_of: StepsOf, tmp_path: Path) -> None:
    """What was written is read again with the same figures, keys and cases."""
    steps = steps_of(*LOG)
    lake.write(steps, tmp_path)
    found = lake.open(mining.connect(memory="100MB", threads=1), tmp_path)
    assert mining.summary(found) == mining.summary(steps)
    assert mining.process_map(found) == mining.process_map(steps)
    assert mining.variants(found) == mining.variants(steps)
    assert mining.list_cases(found) == mining.list_cases(steps)
    assert mining.case_events(found, "1") == mining.case_events(steps, "1")


def test_a_filtered_log_can_be_kept(steps_of: StepsOf, tmp_path: Path) -> None:
    """Only what the filter left is written."""
    steps = mining.apply(steps_of(*LOG), Filter(having=("Wait",)))
    lake.write(steps, tmp_path)
    found = lake.open(mining.connect(memory="100MB", threads=1), tmp_path)
    assert mining.summary(found) == mining.summary(steps)
    found = mining.apply(found, Filter(max_s=300))
    assert [case.case for case in mining.list_cases(found).items] == ["3"]


def test_the_steps_lie_in_order(steps_of: StepsOf, tmp_path: Path) -> None:
    """By case and place, compressed, so that asking for them sorts nothing."""
    lake.write(steps_of(*LOG), tmp_path)
    table = pq.read_table(tmp_path / "steps.parquet").to_pydict()
    places = list(zip(table["case"], table["position"], strict=True))
    assert places == sorted(places)
    assert pq.ParquetFile(tmp_path / "steps.parquet").metadata.row_group(0).column(0).compression == "ZSTD"


def test_an_empty_log_can_be_kept(steps_of: StepsOf, tmp_path: Path) -> None:
    """Nothing is something too."""
    lake.write(steps_of(), tmp_path)
    assert mining.summary(lake.open(mining.connect(memory="100MB", threads=1), tmp_path))["events"] == 0


def test_a_quote_in_the_folder_is_no_end(steps_of: StepsOf, tmp_path: Path) -> None:
    """A folder may be called what it likes."""
    folder = tmp_path / "it's [a] *log*"
    folder.mkdir()
    lake.write(steps_of(*LOG), folder)
    assert mining.summary(lake.open(mining.connect(memory="100MB", threads=1), folder))["events"] == len(LOG)

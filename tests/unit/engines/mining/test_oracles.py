"""Real logs, and figures that others computed of them (skipped where the evaluation data is absent)."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.engines.mining import reference

from servewell.engines import mining
from servewell.engines.mining import lake, readers
from servewell.engines.mining.columns import XES

SHARED = Path(__file__).parents[5] / "shared"
LOGS = SHARED / "data" / "logs"
BOTH = replace(XES, activity=("concept:name", "lifecycle:transition"))

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not LOGS.is_dir(), reason=f"the evaluation logs are not at {LOGS}"),
]


each_log = pytest.mark.parametrize(
    ("file", "oracle", "columns"),
    [
        ("Helpdesk.xes.gz", "helpdesk", XES),  # the smallest number of variants
        ("BPI_Challenge_2013_closed_problems.xes.gz", "bpi2013_closed_problems", XES),
        ("bpi_challenge_2013_incidents.xes.gz", "bpi2013_incidents", BOTH),  # two activity columns, 9,776 pairs
        ("BPI_Challenge_2012.xes.gz", "bpi2012", XES),  # fractions of seconds, missing resources
    ],
)


@each_log
def test_it_agrees_with_the_published_figures(
    connection: mining.Connection, tmp_path: Path, file: str, oracle: str, columns: mining.Columns
) -> None:
    """Read from the file, and once more from the lake, a log gives the figures computed elsewhere."""
    expected = published(oracle)
    rows, report = readers.read(connection, LOGS / file, columns, table=f"rows_{oracle}")
    steps = mining.materialise(connection, rows)
    found = mining.summary(steps)
    assert report.rows_set_aside == 0
    assert reference.differences(found, expected) == []
    lake.write(steps, tmp_path)
    assert mining.summary(lake.open(mining.connect(memory="512MB", threads=1), tmp_path)) == found


@each_log
def test_the_command_prints_the_same(file: str, oracle: str, columns: mining.Columns) -> None:
    """`servewell mine --json` gives every published figure, and nothing but JSON on standard output."""
    command = [sys.executable, "-m", "servewell.site.cli", "mine", str(LOGS / file), "--json", "-"]
    command += ["--activity", ",".join(columns.activity)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert reference.differences(json.loads(done.stdout), published(oracle)) == []


def published(oracle: str) -> Any:
    return json.loads((SHARED / "oracles" / "mining" / f"{oracle}.json").read_text())

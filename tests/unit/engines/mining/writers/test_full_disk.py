"""A disk that is full, played by a limit on the size of files in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

WRITER = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.writers import csv, ocel, xes
from servewell.engines.mining.writers.event import LogEvent

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
events = [LogEvent("c", f"step {n}", datetime.now(UTC)) for n in range(5_000)]
try:
    {call}
except MiningError as refused:
    print(refused.code)
"""
READER = """
import resource, signal
from pathlib import Path
from servewell.engines import mining
from servewell.engines.mining import Columns, readers
from servewell.engines.mining.errors import MiningError

path = Path("log.csv")
path.write_text("case,activity,time\\n" + "1,a,2026-01-02T03:04Z\\n2,b,nonsense\\n" * 5_000)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    readers.read(mining.connect(), path, None, readers.Options(set_aside=Path("aside.csv")))
except MiningError as refused:
    print(refused.code)
"""


def run(program: str, folder: Path) -> str:
    """Run a program in a folder and return what it prints."""
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "call", ['csv.write(events, Path("log"))', 'ocel.write(events, Path("log"))', 'xes.write(events, Path("log"), "x")']
)
def test_writers_leave_nothing_half_written(tmp_path: Path, call: str) -> None:
    """The refusal is clear, the folder as empty as before."""
    assert run(WRITER.replace("{call}", call), tmp_path) == "disk-full"
    assert list(tmp_path.iterdir()) == []


def test_the_set_aside_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """A reader that cannot write down what it sets aside refuses the log."""
    assert run(READER, tmp_path) == "disk-full"
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]

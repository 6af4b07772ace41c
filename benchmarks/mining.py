"""How much work is a map of a log, with PM4Py and with us? `python benchmarks/mining.py [--sizes 1m,5m] [--repeat N]`.

1. The BPI Challenge 2013 incidents, 16 and 77 times over with new case ids, become CSV files of 1 and 5 million events.
2. PM4Py (own environment), `servewell mine` on the CSV, and the same figures from the lake: each a fresh process.
3. Their outputs must be equal. Wall, CPU (user and system, all threads) and peak memory are the kernel's figures.
4. Of several repeats the one with the least CPU counts. Results go to benchmarks/out/mining.json.

Needs the evaluation logs beside the repository; without them it says so and stops.
"""

import argparse
import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import publish  # beside this file

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

LOG = ROOT.parent / "shared" / "data" / "logs" / "bpi_challenge_2013_incidents.xes.gz"
DATA, OUT, PEERS = HERE / "data", HERE / "out", HERE / ".peers"
PM4PY = "pm4py==2.7.23"
COPIES = {"1m": 16, "5m": 77}
COLUMNS = ("case:concept:name", "concept:name", "lifecycle:transition", "org:resource", "time:timestamp")
NAMED = (
    "--case",
    COLUMNS[0],
    "--activity",
    ",".join(COLUMNS[1:3]),
    "--resource",
    COLUMNS[3],
    "--timestamp",
    COLUMNS[4],
)


@dataclass(frozen=True)
class Cost:
    """What a process used."""

    wall_s: float
    cpu_s: float  # user and system, all threads
    memory_mb: float  # peak resident set


def main() -> None:
    options = _options()
    if not LOG.exists():
        sys.exit(f"SKIPPED: the evaluation log {LOG} is not here, so nothing was measured.")
    for folder in (DATA, OUT):
        folder.mkdir(exist_ok=True)
    pm4py = _pm4py()
    figures: dict[str, float | str] = {}
    for size in options.sizes.split(","):
        figures |= _compare(size, pm4py, options.repeat)
    _merge(OUT / "mining.json", figures)
    _print(figures)
    publish.main()


def from_lake(folder: Path, out: Path) -> None:
    """Mine a log that lies in the lake: what one of the fresh processes does."""
    from servewell.engines import mining
    from servewell.engines.mining import lake

    found = mining.summary(lake.open(mining.connect(), folder))
    out.write_text(json.dumps(found), encoding="utf-8")


def to_lake(path: Path, folder: Path) -> None:
    """Import a CSV into the lake."""
    from servewell.engines import mining
    from servewell.engines.mining import backend, lake, readers

    connection = mining.connect()
    columns = mining.Columns(COLUMNS[0], COLUMNS[1:3], COLUMNS[4], COLUMNS[3])
    rows, _report = readers.read(connection, path, columns)
    folder.mkdir()
    lake.write(mining.materialise(connection, rows, lambda: backend.discard(connection, rows)), folder)


def _compare(size: str, pm4py: Path, repeat: int) -> dict[str, float | str]:
    path = _csv(size)
    folder = DATA / f"lake_{size}_{os.getpid()}"
    outs = {name: DATA / f"{name}_{size}.json" for name in ("pm4py", "csv", "lake")}
    ours = (sys.executable, __file__)
    load = os.getloadavg()[0]
    runs = {
        "pm4py": (str(pm4py), str(HERE / "mining_pm4py.py"), str(path), str(outs["pm4py"])),
        "csv": (
            str(Path(sys.executable).with_name("servewell")),
            "mine",
            str(path),
            *NAMED,
            "--json",
            str(outs["csv"]),
        ),
        "lake": (*ours, "--from-lake", str(folder), str(outs["lake"])),
    }
    try:
        costs = {"import": _cost((*ours, "--to-lake", str(path), str(folder)))}
        for _ in range(repeat):  # in turn, so that a neighbour's work on the machine hits all alike
            for name, command in runs.items():
                costs[name] = min((_cost(command), *filter(None, [costs.get(name)])), key=lambda cost: cost.cpu_s)
        _demand_equal(outs)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _flat(size, costs) | {f"load_before_{size}": load, f"load_after_{size}": os.getloadavg()[0]}


def _flat(size: str, costs: dict[str, Cost]) -> dict[str, float | str]:
    peer = costs["pm4py"]
    figures: dict[str, float | str] = {}
    for name, cost in costs.items():
        key = {"csv": f"csv_{size}", "lake": f"lake_{size}", "pm4py": f"pm4py_{size}", "import": f"import_{size}"}[name]
        figures |= {f"{key}_wall_s": cost.wall_s, f"{key}_cpu_s": cost.cpu_s, f"{key}_memory_mb": cost.memory_mb}
    for name in ("csv", "lake"):
        figures |= {
            f"{name}_{size}_ratio_pm4py": peer.cpu_s / costs[name].cpu_s,
            f"{name}_{size}_wall_ratio_pm4py": peer.wall_s / costs[name].wall_s,
            f"{name}_{size}_memory_ratio_pm4py": peer.memory_mb / costs[name].memory_mb,
        }
    return figures


def _cost(command: tuple[str, ...]) -> Cost:
    """Run a process to its end and return what it used; its own output is of no interest unless it fails."""
    log = DATA / f"run_{os.getpid()}.log"
    with log.open("wb") as written:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{log.read_text(errors='replace')[-2_000:]}")
    log.unlink()
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1_024)


def _demand_equal(outs: dict[str, Path]) -> None:
    from tests.unit.engines.mining.reference import differences

    found = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in outs.items()}
    for name in ("csv", "lake"):
        different = differences(found[name], found["pm4py"])
        if different:
            sys.exit(f"The outputs of {name} and of PM4Py differ in {different}: no figures.")
    for path in outs.values():
        path.unlink()


def _csv(size: str) -> Path:
    """Write the log so many times over, once."""
    path = DATA / f"bpi2013_{size}.csv"
    if path.exists():
        return path
    rows = _rows()
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for copy in range(COPIES[size]):
            writer.writerows((f"{copy}-{case}", *rest) for case, *rest in rows)
    unfinished.rename(path)
    return path


def _rows() -> list[list[str]]:
    rows = []
    with gzip.open(LOG) as file:
        for _, element in ElementTree.iterparse(file):  # noqa: S314 - a file of our own choice
            if element.tag.endswith("}trace") or element.tag == "trace":
                case = _attributes(element)["concept:name"]
                events = [_attributes(child) for child in element if child.tag.endswith("event")]
                rows += [[case, *(event.get(name, "") for name in COLUMNS[1:])] for event in events]
                element.clear()
    return rows


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    return {child.get("key", ""): child.get("value", "") for child in element if child.get("key")}


def _pm4py() -> Path:
    """Return the Python of PM4Py's environment, which is made at the first time."""
    python = PEERS / "pm4py" / "bin" / "python"
    if not python.exists():
        venv.create(PEERS / "pm4py", with_pip=True)
    asked = subprocess.run((str(python), "-m", "pip", "show", "-q", "pm4py"), check=False, capture_output=True)
    if asked.returncode:
        subprocess.run((str(python), "-m", "pip", "install", "--quiet", PM4PY), check=True)
    return python


def _merge(path: Path, figures: dict[str, float | str]) -> None:
    """Keep the keys of other runs."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    path.write_text(json.dumps(dict(sorted((before | rounded).items())), indent=2) + "\n", encoding="utf-8")


def _print(figures: dict[str, float | str]) -> None:
    for size in COPIES:
        if f"csv_{size}_cpu_s" not in figures:
            continue
        print(f"\n{size} events      wall s    CPU s   peak MB   CPU ratio  memory ratio   (peer / ours)")
        for name in ("pm4py", "csv", "lake", "import"):
            used = [figures[f"{name}_{size}_{what}"] for what in ("wall_s", "cpu_s", "memory_mb")]
            ratios = [figures.get(f"{name}_{size}_{what}ratio_pm4py", 1.0) for what in ("", "memory_")]
            shown = "{:11.2f} {:8.2f} {:9.0f}".format(*used)
            print(f"  {name:10}" + shown + ("" if name == "import" else "{:11.1f} {:13.1f}".format(*ratios)))
        before, after = figures[f"load_before_{size}"], figures[f"load_after_{size}"]
        print(f"  load of the machine: {before:.1f} before, {after:.1f} after")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1m,5m", help="of %(default)s")
    parser.add_argument("--repeat", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--from-lake"]:
        from_lake(*map(Path, sys.argv[2:]))
    elif sys.argv[1:2] == ["--to-lake"]:
        to_lake(*map(Path, sys.argv[2:]))
    else:
        main()

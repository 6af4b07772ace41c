"""Where do logs and uploads lie? In the data folder; a log's folder appears whole or not at all."""

import json
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings as deployment

_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a log without asking it."""

    events: int
    cases: int
    activities: int
    first_at: datetime | None  # of the first step, UTC
    last_at: datetime | None
    watermark: str | None = None  # of the journal: what it held; None: an imported log
    teams: dict[str, str] | None = None  # of the journal: the id of the team that does most of each activity
    made_in_s: float = 0.0  # of the journal: how long it took to put in order


def uploads() -> Path:
    """Return the folder of sent files."""
    return _made(deployment.DATA / "uploads")


def upload(upload_id: UUID) -> Path:
    """Return where a sent file lies."""
    return uploads() / str(upload_id)


def logs() -> Path:
    """Return the folder of imported logs."""
    return _made(deployment.DATA / "lake" / "logs")


def log(log_id: UUID) -> Path:
    """Return where an imported log lies, once it is ready."""
    return logs() / str(log_id)


def journal_steps() -> Path:
    """Return the folder of the journal's step tables, one folder a state of the journal."""
    return _made(deployment.DATA / "lake" / "steps")


def spill() -> Path:
    """Return where DuckDB may lay aside what does not fit into memory."""
    return _made(deployment.DATA / "tmp")


def working_folders() -> tuple[Path, ...]:
    """Return where killed processes may leave something: sent files, drafts, what DuckDB and Django laid aside."""
    return uploads(), logs(), spill()


@contextmanager
def drafted(folder: Path, claim: str) -> Iterator[Path]:
    """Yield where `folder` is to be made under this claim, which nobody else has; what is left there vanishes."""
    path = draft(folder, claim)
    try:
        yield path
    finally:
        remove(path)


def draft(folder: Path, claim: str) -> Path:
    """Return where a folder is made under a claim."""
    return folder.with_name(f"{_UNFINISHED}{folder.name}-{claim}")


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that becomes `folder` when the block ends well, and vanishes when it does not."""
    with drafted(folder, uuid4().hex) as path:
        begin(path)
        yield path
        sync(path)
        appear(path, folder)


def begin(path: Path) -> None:
    """Make an empty folder to write in."""
    remove(path)
    path.mkdir(parents=True, mode=0o700)


def appear(finished: Path, folder: Path) -> None:
    """Give a finished draft its name."""
    remove(folder)
    finished.rename(folder)


def sync(folder: Path) -> None:
    """Let the files reach the disk before their folder gets its name."""
    for file in folder.iterdir():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())


def remove(path: Path) -> None:
    """Remove a folder or a file, or do nothing where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def older(folder: Path, before: datetime) -> list[Path]:
    """Return what lies in a folder and was last written before that moment."""
    return [path for path in folder.iterdir() if _written_at(path) < before.timestamp()]


def _written_at(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:  # it has just gone
        return math.inf


def sweep(name: str) -> None:
    """Remove what a killed import of this log left behind."""
    for left in logs().glob(f"{_UNFINISHED}{name}-*"):
        remove(left)


def write_facts(folder: Path, facts: Facts) -> None:
    """Write the facts of a log beside its steps."""
    (folder / "facts.json").write_text(json.dumps(asdict(facts), default=datetime.isoformat), encoding="utf-8")


def read_facts(folder: Path) -> Facts | None:
    """Return the facts of a log, or None where there is no whole log."""
    try:
        found: dict[str, Any] = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    moments = {name: datetime.fromisoformat(found[name]) if found[name] else None for name in ("first_at", "last_at")}
    return Facts(**{**found, **moments})


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder

"""How does an installation come back from a backup? Checked whole before anything is touched.

1. Nobody else may be running it. 2. Unpack beside the data and check every byte. 3. Refuse to replace anything,
unless forced. 4. Load the database in one transaction. 5. Swap the files in by renaming. 6. Bring the tables to this
version, in a process that starts with the restored key. Interrupted anywhere, it can be run again.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from servewell.site import backups, database, postgres_tools, supervisor
from servewell.site.errors import NotEmpty, RestoreFailed

_WORKPLACE, _FORMER = "restore.new", "restore.old"


def restore(file: Path, data: Path, *, force: bool) -> dict[str, Any]:
    """Restore and return the backup's manifest."""
    manifest = backups.read_manifest(file)
    workplace = data / _WORKPLACE
    with supervisor.only_one(data):
        try:
            shutil.rmtree(workplace, ignore_errors=True)
            workplace.mkdir(mode=0o700)
            backups.unpack(file, workplace)
            with database.ready(data) as url:
                if not force and not postgres_tools.is_empty(url):
                    raise NotEmpty(data=str(data))
                postgres_tools.load(workplace / backups.DUMP, url, workplace)
                _swap(workplace / backups.FILES, data)
                _migrate(data)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    return manifest


def _swap(fresh: Path, data: Path) -> None:
    """Put the restored files into their places; what stood there goes when all are in."""
    former = data / _FORMER
    shutil.rmtree(former, ignore_errors=True)
    former.mkdir(mode=0o700)
    for path in sorted(fresh.iterdir()) if fresh.is_dir() else []:
        place = data / path.name
        if place.exists():
            place.rename(former / path.name)
        path.rename(place)
    shutil.rmtree(former)


def _migrate(data: Path) -> None:
    command = [sys.executable, "-m", "servewell.site.cli", "migrate", "--data", str(data)]
    result = subprocess.run(command, check=False, env=dict(os.environ), capture_output=True, text=True)
    if result.returncode:
        raise RestoreFailed(detail=(result.stderr.strip().splitlines() or ["?"])[-1])

"""Where does this installation keep its files? In one data folder, which only its owner may enter."""

import os
from pathlib import Path

from servewell.site.errors import FolderUnwritable

ROOT_DEFAULT = Path("/var/lib/servewell/data")


def data() -> Path:
    """Return SERVEWELL_DATA, else the default: root's under /var/lib, anybody else's in the home folder."""
    named = os.environ.get("SERVEWELL_DATA")
    return Path(named).absolute() if named else _default()


def prepare(folder: Path) -> Path:
    """Make the data folder (0700) and see that we can write it; touch nothing above it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise FolderUnwritable(data=str(folder), reason=error.strerror or str(error)) from error
    return folder


def _default() -> Path:
    if os.geteuid() == 0:
        return ROOT_DEFAULT
    shared = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")  # noqa: PTH111 - no home is no error
    return Path(shared).absolute() / "servewell"

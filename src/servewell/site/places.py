"""Where does this installation keep its files? In one data folder, which only its owner may enter."""

import os
from pathlib import Path

from servewell.site.errors import BadSetting, FolderUnwritable, NoHome

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


def number(name: str, default: int, *, least: int, most: int) -> int:
    """Return the whole number in the environment variable `name`; BadSetting when it is none, or out of range."""
    value = os.environ.get(name)
    if not value:
        return default
    if not value.isdigit() or not least <= int(value) <= most:
        raise BadSetting(name=name, value=value, least=least, most=most)
    return int(value)


def _default() -> Path:
    if os.geteuid() == 0:
        return ROOT_DEFAULT
    shared = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")  # noqa: PTH111 - no home is no error
    if shared.startswith("~"):  # neither HOME nor an entry among the users
        raise NoHome
    return Path(shared).absolute() / "servewell"

"""Where do the bytes of files stand? Each content once, under its SHA-256, in a folder that only we can read.

Object storage can take its place: it needs these five methods.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from servewell.apps.base import clock, ids


class Shelf:
    """A folder of contents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def fresh(self) -> "Iterator[tuple[Path, BinaryIO]]":
        """Yield a new file to write to; it is gone at the end, unless `keep` took it."""
        path = self.folder / "incoming" / ids.new().hex
        try:
            with os.fdopen(_opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
                yield path, file
        finally:
            path.unlink(missing_ok=True)

    def keep(self, path: Path, sha256: str) -> None:
        """Take a written file as the content of this hash; it counts as touched now, also if it was here before."""
        final = self.path_of(sha256)
        with self._alone():
            os.utime(path)
            try:
                path.replace(final)
            except FileNotFoundError:
                _make_folder(final)
                path.replace(final)

    def open(self, sha256: str) -> BinaryIO:
        """Return a content to read; FileNotFoundError."""
        return self.path_of(sha256).open("rb")

    def remove(self, sha256: str, *, untouched: timedelta) -> bool:
        """Remove a content that was not kept anew for so long: a row for it may still be on its way to its commit."""
        with self._alone():
            if not self._is_old(self.path_of(sha256), untouched):
                return False
            self.path_of(sha256).unlink(missing_ok=True)
        return True

    def old(self, untouched: timedelta) -> Iterator[str]:
        """Yield the hashes (and the names of what was never finished) that were not kept anew for so long."""
        return (file.name for file in self.folder.glob("*/*") if self._is_old(file, untouched))

    def path_of(self, sha256: str) -> Path:
        """Return where a content stands; what was never finished has a shorter name."""
        return self.folder / (sha256[:2] if len(sha256) == 64 else "incoming") / sha256

    def _is_old(self, file: Path, untouched: timedelta) -> bool:
        try:
            return file.stat().st_mtime < (clock.now() - untouched).timestamp()
        except FileNotFoundError:
            return False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder: nobody keeps a content between our look at its age and its removal."""
        handle = _opened(self.folder / ".lock", os.O_WRONLY | os.O_CREAT)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _opened(path: Path, flags: int) -> int:
    """Open a file; its folder is made only where it is missing: each file would pay for looking."""
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        _make_folder(path)
        return os.open(path, flags, 0o600)


def _make_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

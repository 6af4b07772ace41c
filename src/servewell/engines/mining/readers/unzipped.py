"""How large may a file become when it is unzipped? Some files are made to swell until a disk or a memory is full.

Logs as text become 20 to 50 times as large, workbooks 10 to 25 times; such traps, up to 1,000 times.
"""

import gzip
import zipfile
from pathlib import Path
from typing import IO

from servewell.engines.mining.errors import MiningError

ALWAYS = 256 << 20  # bytes that anything may become
MOST_TIMES = 200  # larger than it was; more is no log
MOST = 128 << 30  # bytes that nothing may exceed
BLOCK = 1 << 20
_DEFLATE = 1_032  # times larger: more the method cannot do
_PART_ALWAYS = 16 << 20  # bytes that one part of a workbook may become


class Unzipped(gzip.GzipFile):
    """A zipped text that may be read until it has become too large."""

    def __init__(self, path: Path, plain: IO[bytes] | None = None) -> None:
        super().__init__(path if plain is None else None, "rb", fileobj=plain)
        self._file_name, self._most = path.name, most(path.stat().st_size)

    def read(self, size: int | None = -1) -> bytes:
        """Read as any file does; `too-large`."""
        return self._bounded(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        """Read what one step gives; `too-large`."""
        return self._bounded(super().read1(size))

    def readline(self, size: int | None = -1) -> bytes:
        """Read a line; `too-large`."""
        return self._bounded(super().readline(size))

    def _bounded(self, found: bytes) -> bytes:
        if self.tell() > self._most:
            raise too_large(self._file_name, self._most)
        return found


def most(zipped: int) -> int:
    """Return how many bytes a file of so many zipped bytes may become."""
    return min(max(ALWAYS, MOST_TIMES * zipped), MOST)


def check_gzip(path: Path) -> None:
    """Unzip all of it to nowhere, for who cannot count while reading; `too-large`. What is small enough is let be."""
    if path.stat().st_size * _DEFLATE <= ALWAYS:
        return
    with Unzipped(path) as text:
        while text.read(BLOCK):
            pass


def check_workbook(path: Path, largest: int) -> None:
    """Look at what a workbook says its parts become; zipfile holds it to that. `too-large`."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if sum(part.file_size for part in parts) > largest:
        raise too_large(path.name, largest)
    for part in parts:
        allowed = max(_PART_ALWAYS, MOST_TIMES * part.compress_size)
        if part.file_size > allowed:
            raise too_large(path.name, allowed)


def too_large(file_name: str, most: int) -> MiningError:
    """Return the refusal of a file that becomes more than so many bytes."""
    shown = f"{most >> 30} GB" if most >= 1 << 30 else f"{most >> 20} MB"
    return MiningError("too-large", path=file_name, limit=shown)

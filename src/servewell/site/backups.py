"""What is one installation in one file? The database, the secret key and every file of the data folder that counts.

A tar archive: `servewell.json` (what it is), the data folder's files under `data/`, `database.dump` (pg_dump's custom
format), and last `checksums.json` (SHA-256 of each), so that a file cut short is noticed. Needs no Django.
"""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from servewell import __version__
from servewell.site import postgres_tools
from servewell.site.errors import BackupBroken, BackupForeign, BackupNewer, BackupPlace

FORMAT = 1
MANIFEST, CHECKSUMS, DUMP, FILES = "servewell.json", "checksums.json", "database.dump", "data"
LEFT_OUT = ("postgres", "up.lock", "log", "tmp", "static", "restore.")  # beginnings of names that stay behind
DERIVED = {Path("lake/steps")}  # made again from the journal when somebody looks


@dataclass(frozen=True)
class Written:
    """What a backup holds."""

    file: Path
    bytes: int
    files: int  # beside the database


def write(file: Path, data: Path, url: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Written:
    """Write the backup, whole or not at all, readable by its owner only.

    The database is dumped first, in one snapshot: every file that it speaks of exists by then.
    """
    if not file.parent.is_dir() or file.is_dir():
        raise BackupPlace(file=str(file))
    with _temporary(file.parent, f".{file.name}.dump.") as dump, _temporary(file.parent, f".{file.name}.") as fresh:
        postgres_tools.dump(url, dump)
        count = _pack(fresh, data, dump, now())
        fresh.rename(file)
        _sync(file.parent)
    return Written(file, file.stat().st_size, count)


def read_manifest(file: Path) -> dict[str, Any]:
    """Return what the backup says of itself; BackupForeign or BackupNewer when it is none that we can use."""
    try:
        with tarfile.open(file) as archive:
            first = archive.next()
            source = archive.extractfile(first) if first and first.name == MANIFEST else None
            manifest: dict[str, Any] = json.loads(source.read()) if source else {}
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise BackupForeign(file=str(file)) from error
    if "format" not in manifest:
        raise BackupForeign(file=str(file))
    if manifest["format"] > FORMAT or _numbers(manifest["version"]) > _numbers(__version__):
        raise BackupNewer(file=str(file), version=manifest["version"], ours=__version__)
    return manifest


def unpack(file: Path, target: Path) -> None:
    """Unpack into an empty folder and check every byte; BackupBroken when something is missing or changed."""
    sums: dict[str, str] = {}
    expected: dict[str, str] | None = None
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                if not (member.isfile() or member.isdir()):
                    raise BackupBroken(file=str(file), part=member.name)
                archive.extract(member, target, filter="data")
                if member.name == CHECKSUMS:
                    expected = json.loads((target / CHECKSUMS).read_text())
                elif member.isfile():
                    sums[member.name] = _sum_of(target / member.name)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise BackupBroken(file=str(file), part=str(error)) from error
    if sums != expected:
        changed = sorted(
            name for name in sums.keys() | (expected or {}).keys() if sums.get(name) != (expected or {}).get(name)
        )
        raise BackupBroken(file=str(file), part=changed[0] if changed else CHECKSUMS)


def _pack(fresh: Path, data: Path, dump: Path, moment: datetime) -> int:
    sums: dict[str, str] = {}
    with fresh.open("wb") as raw:
        with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
            manifest = {"format": FORMAT, "version": __version__, "made_at": moment.isoformat()}
            _add_text(archive, MANIFEST, manifest, sums)
            for path in _files(data):
                with suppress(FileNotFoundError):  # replaced since it was listed
                    _add(archive, path, f"{FILES}/{path.relative_to(data)}", sums)
            count = len(sums) - 1
            _add(archive, dump, DUMP, sums)
            _add_text(archive, CHECKSUMS, sums, {})
        raw.flush()
        os.fsync(raw.fileno())
    return count


def _files(data: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(data):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if _counts(here.relative_to(data) / name))
        yield from (here / name for name in sorted(names) if _is_kept(here / name, data))


def _is_kept(path: Path, data: Path) -> bool:
    return path.is_file() and not path.is_symlink() and _counts(path.relative_to(data))


def _counts(path: Path) -> bool:
    """Is this part of the installation? Not what is unfinished, made again by itself, or the database's own."""
    return not path.name.startswith(".") and not path.parts[0].startswith(LEFT_OUT) and path not in DERIVED


def _add(archive: tarfile.TarFile, path: Path, name: str, sums: dict[str, str]) -> None:
    with path.open("rb") as source:
        entry = archive.gettarinfo(arcname=name, fileobj=source)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        hashing = _Hashing(source)
        archive.addfile(entry, hashing)
        sums[name] = hashing.digest()


def _add_text(archive: tarfile.TarFile, name: str, content: dict[str, Any], sums: dict[str, str]) -> None:
    body = json.dumps(content).encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(body), 0o600
    archive.addfile(entry, io.BytesIO(body))
    sums[name] = hashlib.sha256(body).hexdigest()


class _Hashing(io.RawIOBase):
    """A file that is summed while it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._sum = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self._sum.update(piece)
        return piece

    def digest(self) -> str:
        return self._sum.hexdigest()


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _temporary(folder: Path, prefix: str) -> Iterator[Path]:
    """Make an empty file of our own (0600) that is gone afterwards, unless it was renamed."""
    handle, name = tempfile.mkstemp(prefix=prefix, dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]

"""How is a file written so that it is either whole or not there? Beside its place, then moved into it."""

import errno
import gzip
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from servewell.engines.mining.errors import MiningError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def safely(path: Path, encoding: str = "utf-8", *, zipped: bool = False) -> Iterator[IO[str]]:
    """Open a text to write; on leaving it is on disk under `path`, after any error nothing of it remains.

    Raises `is-folder`, `disk-full`, `not-writable`.
    """
    if path.is_dir():
        raise MiningError("is-folder", path=path.name)
    beside = path.with_name(f".{path.name[:100]}.{uuid4().hex[:8]}.part")
    with _explained(path):
        try:
            yield from _whole(beside, encoding, zipped)
            beside.replace(path)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise


def _whole(beside: Path, encoding: str, zipped: bool) -> Iterator[IO[str]]:
    with beside.open("xb") as plain:
        raw = gzip.GzipFile(fileobj=plain, mode="wb", mtime=0) if zipped else plain
        with io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
            yield text
            text.flush()
            if zipped:
                raw.close()
            plain.flush()
            os.fsync(plain.fileno())


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        code = "disk-full" if refused.errno in _FULL else "not-writable"
        raise MiningError(code, path=str(path)) from refused

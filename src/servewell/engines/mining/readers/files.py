"""Is there a file to read, and what does its beginning say it is?"""

import gzip
from pathlib import Path

from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers.text import unzipping

HEAD = 1 << 16  # bytes looked at to tell what a file is

_MAGIC = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Excel 97 (.xls)"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x7fELF", "ELF"),
    (b"RIFF", "RIFF"),
    (b"ID3", "MP3"),
    (b"ARROW1", "Arrow"),
)


def opened_head(path: Path) -> bytes:
    """Return the first bytes; refuse what is absent, a folder, unreadable or empty."""
    if path.is_dir():
        raise MiningError("is-folder", path=path.name)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except FileNotFoundError as none:
        raise MiningError("not-found", path=path.name) from none
    except OSError as refused:
        raise MiningError("unreadable", path=path.name) from refused
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t"):
        raise MiningError("empty", path=path.name)
    return head


def format_of(path: Path) -> str:
    """Return `csv`, `csv.gz`, `xes`, `xes.gz`, `parquet` or `xlsx` by what the file holds, whatever its name says.

    Raises `wrong-type` naming what it looks like instead.
    """
    head = opened_head(path)
    if head.startswith(b"\x1f\x8b"):
        return _format_of_text(path, _unzipped_head(path)) + ".gz"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK"):
        return _format_of_zip(path)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise MiningError("wrong-type", path=path.name, kind=kind)
    return _format_of_text(path, head)


def _unzipped_head(path: Path) -> bytes:
    with unzipping(path), gzip.open(path) as file:
        head = file.read1(HEAD)
    if not head.strip():
        raise MiningError("empty", path=path.name)
    return head


def _format_of_zip(path: Path) -> str:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise MiningError("broken-workbook", path=path.name) from broken
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    for part, kind in (("word/", "Word"), ("ppt/", "PowerPoint"), ("META-INF/manifest.xml", "OpenDocument")):
        if any(name.startswith(part) for name in names):
            raise MiningError("wrong-type", path=path.name, kind=kind)
    raise MiningError("archive", path=path.name)


def _format_of_text(path: Path, head: bytes) -> str:
    text = _rough(head).lstrip("\ufeff \r\n\t")
    lowered = text[:400].lower()
    if lowered.startswith(("<!doctype html", "<html")):
        raise MiningError("wrong-type", path=path.name, kind="HTML")
    if text.startswith("<"):
        return "xes"
    if text.startswith(("{", "[{", "[\n", "[\r\n")) or text[:2] == "[]":
        raise MiningError("wrong-type", path=path.name, kind="JSON")
    if lowered.startswith(("%!ps", "{\\rtf")):
        raise MiningError("wrong-type", path=path.name, kind="PostScript / RTF")
    if _is_binary(head):
        raise MiningError("wrong-type", path=path.name, kind="binary")
    return "csv"


def _rough(head: bytes) -> str:
    wide = head[:4].count(0) >= 1 or head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if wide:
        big = head.startswith(b"\xfe\xff") or head[:1] == b"\x00"
        return head.decode("utf-16-be" if big else "utf-16-le", errors="replace")
    return head.decode("utf-8", errors="replace")


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(head):
        return False
    controls = sum(head.count(bytes([code])) for code in range(32) if code not in (0, 9, 10, 12, 13, 26, 27))
    return controls > len(head) // 50


def _is_wide(head: bytes) -> bool:
    """UTF-16 without a mark: mostly every second byte of ASCII text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) // 6 and min(even, odd) < max(even, odd) // 8

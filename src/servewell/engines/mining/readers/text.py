"""In which encoding is a text written, and how is it read line by line without ever holding a huge line?"""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers.outcome import Progress
from servewell.engines.mining.readers.unzipped import Unzipped

SAMPLE = 1 << 20  # bytes that decide the encoding, unless the whole file must
MAX_LINE = 1 << 20  # characters; a longer line is no row of a table

_HANZI = re.compile("[\u4e00-\u9fff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def is_gzip(path: Path) -> bool:
    """Is it zipped, whatever its name says?"""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, through gzip where it is one."""
    return Unzipped(path) if is_gzip(path) else path.open("rb")  # type: ignore[return-value]


@contextmanager
def unzipping(path: Path) -> Iterator[None]:
    """Say it of a file that breaks off or is damaged inside its zip: `broken-gzip`."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise MiningError("broken-gzip", path=path.name) from broken


def count_lines(path: Path) -> int:
    """Count lines by their ends; a last one without an end counts too."""
    lines, last = 0, b""
    with unzipping(path), open_bytes(path) as file:
        while block := file.read(SAMPLE):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last not in (b"", b"\n"))


def encoding_of(path: Path, *, whole: bool = False) -> str:
    """Return the codec of a text: by its mark, else UTF-8 if it is that, else UTF-16, GB18030 or Windows-1252.

    `whole`: look at all of it rather than at the first megabyte. Raises `unknown-encoding`.
    """
    with unzipping(path), open_bytes(path) as file:
        sample = file.read(SAMPLE)
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if wide := _wide(sample):
        return wide
    if _decodes(path, "utf-8", whole):
        return "utf-8"
    if _decodes(path, "gb18030", whole) and _reads_chinese(path, whole):
        return "gb18030"
    if _reads_western(sample):
        return "cp1252"
    if not whole:
        return encoding_of(path, whole=True)
    raise MiningError("unknown-encoding", path=path.name)


def checked_codec(name: str) -> str:
    """Return a codec's own name, or refuse it."""
    try:
        info = codecs.lookup(name)
    except LookupError as unknown:
        raise MiningError("unknown-encoding-name", encoding=name) from unknown
    if not info._is_text_encoding:
        raise MiningError("unknown-encoding-name", encoding=name)
    return "utf-8-sig" if info.name == "utf-8" else info.name


def lines_of(path: Path, encoding: str, progress: Progress | None = None) -> Iterator[str]:
    """Yield the lines of a text with their ends. Bytes outside the encoding become lone surrogates.

    A line above MAX_LINE comes as its first MAX_LINE characters; the rest is skipped.
    """
    total = path.stat().st_size
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    with unzipping(path), path.open("rb") as plain, through_gzip(plain) as raw:
        # newline="" keeps \r\n as it is inside quotes and still ends a line at \n, \r\n or \r
        text = io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="")
        try:
            for number, line in enumerate(_bounded(text)):
                if progress and number % 20_000 == 0:
                    progress(plain.tell(), total)
                yield line
        except UnicodeError as wrong:
            raise MiningError("wrong-encoding", path=path.name, encoding=encoding) from wrong
    if progress:
        progress(total, total)


def through_gzip(plain: IO[bytes]) -> IO[bytes]:
    """Unzip what is zipped; the plain file still tells how far reading has come."""
    zipped = plain.read(2) == b"\x1f\x8b"
    plain.seek(0)
    return Unzipped(Path(plain.name), plain) if zipped else plain  # type: ignore[return-value]


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE):
        yield line
        tail = line
        while len(tail) == MAX_LINE and not tail.endswith(("\n", "\r")):
            tail = text.readline(MAX_LINE)


def _wide(sample: bytes) -> str | None:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) <= len(sample) // 6 or min(even, odd) >= max(even, odd) // 8:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _decodes(path: Path, encoding: str, whole: bool) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(path, whole):
            decoder.decode(block)
        if whole:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(path: Path, whole: bool) -> Iterator[bytes]:
    with unzipping(path), open_bytes(path) as file:
        while block := file.read(SAMPLE):
            yield block
            if not whole:
                return


def _reads_chinese(path: Path, whole: bool) -> bool:
    """Two thirds of what is not ASCII are the 3,755 everyday characters of GB 2312: noise gives one third at most."""
    everyday = other = 0
    decoder = codecs.getincrementaldecoder("gb18030")()
    for block in _blocks(path, whole):
        foreign = [sign for sign in decoder.decode(block) if sign > "\x7f" and not _is_punctuation(sign)]
        everyday += sum(map(_is_everyday, foreign))
        other += len(foreign)
        if other > 2_000:
            break
    return everyday >= other * 2 / 3


def _is_everyday(sign: str) -> bool:
    return bool(_HANZI.match(sign)) and b"\xb0\xa1" <= sign.encode("gb18030") <= b"\xd7\xf9"


def _is_punctuation(sign: str) -> bool:
    return "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uffef" or "\u2010" <= sign <= "\u2030"


def _reads_western(sample: bytes) -> bool:
    """Few high bytes, and nearly all of them letters of Windows-1252."""
    high = [byte for byte in sample if byte > 0x7F]
    letters = sum(byte >= 0xC0 and byte not in (0xD7, 0xF7) for byte in high)
    return 0 < len(high) < len(sample) // 4 and letters > len(high) * 0.8

"""What do the made-up customers and colleagues attach? Small pictures and texts that we draw and write ourselves."""

import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from random import Random
from typing import Any
from uuid import UUID

from servewell.apps.base import attachments, ids
from servewell.apps.base.models import Attachment
from servewell.site.demo.desk.copying import copy
from servewell.site.demo.plans import dice_of

_SIDE = 96  # pixels of a picture
_PICTURES = 6
_NAMES = {"photo": "照片-{n}.png", "invoice": "发票-{n}.txt", "report": "检测报告-{n}.txt"}
_TEXTS = {
    "invoice": "示例商店 电子发票（演示）\n本文件为演示数据，不作为报销凭证。\n",
    "report": "检测报告（演示）\n外观：正常\n通电：正常\n结论：更换零件后恢复正常。\n",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are stored."""

    sha256: str
    media_type: str
    size: int


class Files:
    """Gives each use of a file a row of its own; the bytes are kept once."""

    def __init__(self, seed: int) -> None:
        dice = dice_of(seed, "files")
        photos = [_kept(picture(dice), "photo.png", "image/png") for _ in range(_PICTURES)]
        texts = {kind: [_kept(text.encode(), f"{kind}.txt", "text/plain")] for kind, text in _TEXTS.items()}
        self._kept = {"photo": photos, **texts}
        self._rows: list[dict[str, Any]] = []

    def use(self, kind: str, at: datetime, uploader: UUID | None) -> UUID:
        """Return the id of a fresh attachment of that kind."""
        number, choice = len(self._rows) + 1, self._kept[kind]
        kept, attachment = choice[number % len(choice)], ids.at(at)
        row = {"sha256": kept.sha256, "media_type": kept.media_type, "size": kept.size, "created_at": at}
        self._rows.append({"id": attachment, "name": _NAMES[kind].format(n=number), "uploader": uploader, **row})
        return attachment

    def write(self) -> None:
        """Store the rows of all that was used."""
        copy(Attachment, self._rows)


def picture(dice: Random) -> bytes:
    """Return a small PNG: a box with a scratch across, in some colour."""
    colour = [dice.randrange(60, 220) for _ in range(3)]
    left, slope = dice.randrange(20, 60), dice.uniform(-0.6, 0.6)
    rows = b"".join(
        b"\0" + b"".join(bytes(_pixel(x, y, colour, left + slope * y)) for x in range(_SIDE)) for y in range(_SIDE)
    )
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)  # 8 bits each of red, green, blue
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _pixel(x: int, y: int, colour: list[int], scratch: float) -> list[int]:
    if not (8 <= x < _SIDE - 8 and 8 <= y < _SIDE - 8):
        return [245, 245, 245]
    if abs(x - scratch) < 2:
        return [30, 30, 30]
    return [part + (x + y) % 16 for part in colour]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _kept(data: bytes, name: str, media_type: str) -> Kept:
    """Keep the bytes; the row that comes with it goes again: each use has its own."""
    row = attachments.store(BytesIO(data), name, media_type)
    kept = Kept(row.sha256, row.media_type, row.size)
    row.delete()
    return kept

"""What is this file really? Its first bytes say, whatever its sender claims."""

import re
import unicodedata

UNKNOWN = "application/octet-stream"
HEAD = 512  # bytes that `sniffed` wants to see

# Where, what, and which media type it means. Formats that a browser would run (HTML, SVG) are on purpose not here:
# they stay plain text or unknown.
_MAGIC = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),  # after RIFF and a length
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),  # voice messages of WeChat
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
]
# What is a container inside: the claim is believed only if the container is right.
_WITHIN = {
    "application/zip": re.compile(r"application/(vnd\.openxmlformats-officedocument\.|vnd\.oasis\.)[\w.-]+"),
    "video/mp4": re.compile(r"(audio|video)/(mp4|quicktime)"),
    "text/plain": re.compile(r"text/(csv|markdown|plain)"),
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # what text does not hold
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def sniffed(head: bytes, claimed: str) -> str:
    """Return the media type of a file by its first HEAD bytes; the claim only chooses among what fits them."""
    found = next((media for at, magic, media in _MAGIC if head[at : at + len(magic)] == magic), None)
    if found is None:
        found = "text/plain" if _is_text(head) else UNKNOWN
    claimed = claimed.partition(";")[0].strip().lower()
    within = _WITHIN.get(found)
    return claimed if within is not None and within.fullmatch(claimed) else found


def safe_name(name: str) -> str:
    """Return a file name without folders, control and direction characters, at most 120 characters, never empty."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = _FORBIDDEN.sub("", name).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if dot and len(name) > 120 and len(suffix) <= 10:
        return f"{stem[: 119 - len(suffix)]}.{suffix}"
    return name[:120] or "file"


def _is_text(head: bytes) -> bool:
    if not head or _CONTROL.search(head):
        return False
    for cut in range(4):  # the last character may be cut in the middle
        try:
            head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False

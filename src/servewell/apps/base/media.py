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
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # Word, Excel and installers of old
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    *((0, magic, "application/x-mach-binary") for magic in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")),
]
PROGRAMS = frozenset(
    {"application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary"}
)
# What a browser may show beside the conversation: it runs none of these (a PDF's scripts reach only the PDF).
INLINE = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}
    | {"audio/wav", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/amr", "video/mp4", "video/webm"}
)
# What the end of a name promises. A file that is something else is shown with a warning.
_PROMISED = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "amr": "audio/amr",
    "mp4": "video/mp4",
    "m4a": "audio/mp4",
    "webm": "video/webm",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
    "rar": "application/vnd.rar",
}
# What a double click runs, or opens in a program that runs what is inside.
# fmt: off
_RUN = frozenset(
    {
        "apk", "app", "bat", "cmd", "com", "cpl", "dmg", "docm", "exe", "hta", "htm", "html", "iso", "jar", "js",
        "jse", "lnk", "msi", "pif", "pptm", "ps1", "reg", "scr", "sh", "svg", "url", "vbe", "vbs", "wsf", "xhtml",
        "xlsm",
    }
)
# fmt: on
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


def warning(name: str, media_type: str) -> str:
    """Return what to tell before somebody opens it: `program`, `other` (than its name says), or nothing.

    `media_type` is what `sniffed` found.
    """
    ending = name.rpartition(".")[2].lower()
    if media_type in PROGRAMS or ending in _RUN:
        return "program"
    promised = _PROMISED.get(ending)
    return "other" if promised and not _is_kept(promised, media_type) else ""


def _is_kept(promised: str, media_type: str) -> bool:
    """A text is a text, and one container holds sound or pictures that move."""
    family = {promised.partition("/")[0], media_type.partition("/")[0]}
    return promised == media_type or family in ({"text"}, {"audio", "video"})


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

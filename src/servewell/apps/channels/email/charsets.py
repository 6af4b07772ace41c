"""In which characters is this written? As it says, or as it looks: many say nothing, and some say what is not so."""

import codecs
import re
from functools import lru_cache

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What senders say, and the larger set that they mean.
_MEANT = {
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "936", "euc-cn", "hz-gb", "chinese"), "gb18030"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "iso_8859-1", "windows-1252", "ansi"), "cp1252"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "ksc5601", "euc-kr", "korean", "949"), "cp949"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji"), "cp932"),
    **dict.fromkeys(("big5", "big-5", "cn-big5", "x-x-big5", "big5-eten", "950"), "big5hkscs"),
    **dict.fromkeys(("utf8", "utf-8", "utf8mb4", "unicode-1-1-utf-8", "unicode", "x-utf-8", "65001"), "utf-8"),
    **dict.fromkeys(("iso-2022-jp", "iso2022-jp", "csiso2022jp"), "iso2022_jp_ext"),
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "x-mac-roman": "mac-roman",
}
_NOT_MAIL = frozenset({"idna", "punycode", "undefined", "raw-unicode-escape", "unicode-escape", "mbcs", "oem"})
_SAYS_NOTHING = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "binary", "8bit"})
_HIGH = re.compile(rb"[\x80-\xff]+")
_LOOKED_AT = 200_000  # bytes, when it is guessed
_ODD = 0.1  # of the runs of bytes beyond ASCII: so many have an odd length in what is not double bytes


def decoded(data: bytes, declared: str = "") -> str:
    """Return a text from its bytes; never fails. What no character set explains becomes U+FFFD.

    A mark at the beginning decides, then what is declared if it fits, then what fits of UTF-8, GB18030 and
    Windows-1252. If nothing fits all of it, what is declared is taken.
    """
    for mark, charset in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(charset, "replace")
    known = codec(declared)
    if known is None:
        return _guessed(data)
    try:
        return data.decode(known)
    except (UnicodeError, ValueError):
        return _at_odds(data, known)


@lru_cache(maxsize=500)
def codec(declared: str) -> str | None:
    """Return the name of the codec that a sender means; None when they say nothing that helps."""
    said = declared.strip(" \t\"'").lower()[:60]
    if said in _SAYS_NOTHING:
        return None
    try:
        found = codecs.lookup(_MEANT.get(said) or _MEANT.get(said.replace("_", "-"), said))
    except (LookupError, ValueError):  # ValueError: a NUL within
        return None
    is_text = getattr(found, "_is_text_encoding", False)
    return found.name if is_text and found.name.replace("_", "-") not in _NOT_MAIL else None


def _at_odds(data: bytes, known: str) -> str:
    """The bytes are not what is declared: most often UTF-8 under another name, or a character cut in the middle."""
    if known.startswith("iso2022_jp"):
        return _japanese(data)
    if known != "utf-8":
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return _western(data) if known == "cp1252" else data.decode(known, "replace")
    replaced = data.decode("utf-8", "replace")
    return replaced if replaced.count("\ufffd") * 20 < len(_HIGH.findall(data)) + 20 else _guessed(data)


def _guessed(data: bytes) -> str:
    if b"\x1b$B" in data[:_LOOKED_AT]:
        return _japanese(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_double(data[:_LOOKED_AT]):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    cut = data.decode("utf-8", "replace")
    return cut if cut.count("\ufffd") <= 1 + len(data) // 1000 else _western(data)


def _japanese(data: bytes) -> str:
    """Circled digits and the like are no part of the set that is declared; the one of 2004 has them in that place."""
    try:
        return data.replace(b"\x1b$B", b"\x1b$(Q").decode("iso2022_jp_2004")
    except UnicodeDecodeError:
        return data.decode("iso2022_jp_ext", "replace")


def _is_double(data: bytes) -> bool:
    """Chinese comes in pairs of high bytes; an accented letter stands alone."""
    runs = _HIGH.findall(data)
    return sum(len(run) % 2 for run in runs) <= len(runs) * _ODD


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")

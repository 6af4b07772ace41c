"""In how many parts does a text travel? (3GPP TS 23.038 alphabet, TS 23.040 concatenation)"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # two septets each
_SEPTETS, _SEPTETS_EACH = 160, 153  # in one part alone, and in one of several
_UNITS, _UNITS_EACH = 70, 67  # of UTF-16, likewise


def count(text: str) -> int:
    """Return in how many parts `text` is sent; 0 for an empty one.

    Every character in the basic alphabet or its extension: seven bits each, an extended one taking two; else all of it
    in UTF-16. A pair that one character takes is not parted.
    """
    if not text:
        return 0
    if all(char in _BASIC or char in _EXTENDED for char in text):
        return _parts([2 if char in _EXTENDED else 1 for char in text], _SEPTETS, _SEPTETS_EACH)
    return _parts([2 if ord(char) > 0xFFFF else 1 for char in text], _UNITS, _UNITS_EACH)


def _parts(sizes: list[int], alone: int, each: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > each:
            parts, used = parts + 1, 0
        used += size
    return parts

"""Which tags, attributes and styles does mail need? A closed list; what is not on it goes, its words stay."""

import re
from collections.abc import Callable

# fmt: off
BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt",
        "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
        "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)
# fmt: on
# fmt: off
INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "big", "br", "cite", "code", "col", "colgroup", "del", "em", "font", "i", "img",
        "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
        "td", "th", "time", "tt", "u", "var", "wbr",
    }
)
# fmt: on
TAGS = (BLOCKS | INLINE) - {"details", "summary", "main", "nav"}
EMPTY = frozenset({"br", "col", "hr", "img", "wbr"})  # have no end
# What is not words, or words that a browser would not show: it goes with all that is in it.
# fmt: off
DROPPED_WHOLE = frozenset(
    {
        "applet", "audio", "canvas", "datalist", "embed", "frame", "frameset", "head", "iframe", "map", "math",
        "meta", "noembed", "noframes", "noscript", "object", "option", "script", "select", "style", "svg", "template",
        "textarea", "title", "video", "xml",
    }
)
# fmt: on
SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid"})

_ANYWHERE = frozenset({"style", "dir", "lang", "title", "align", "valign", "bgcolor"})
_CELL = frozenset({"colspan", "rowspan", "width", "height"})
ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": _ANYWHERE,
    "a": frozenset({"href"}),
    "img": frozenset({"src", "data-src", "alt", "width", "height"}),
    "font": frozenset({"color", "size"}),
    "ol": frozenset({"start"}),
    "td": _CELL,
    "th": _CELL,
    "col": frozenset({"span", "width"}),
    "colgroup": frozenset({"span", "width"}),
    "table": frozenset({"width", "height", "border", "cellpadding", "cellspacing"}),
}
# Colours and alignment. Nothing that places, covers, hides, animates or loads.
# fmt: off
STYLES = frozenset(
    {
        "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
        "border-radius", "border-right", "border-style", "border-top", "border-width", "color", "direction",
        "font-size", "font-style", "font-weight", "letter-spacing", "line-height", "padding", "padding-bottom",
        "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
        "vertical-align", "white-space",
    }
)
# fmt: on

_NUMBER = re.compile(r"\d{1,4}%?")
_SPAN = re.compile(r"[1-9]\d{0,2}")
_WORD = re.compile(r"[a-zA-Z-]{1,40}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{1,30}")
_WEB = re.compile(r"https?://[^\s\\@<>\"]+", re.IGNORECASE)
_LINK = re.compile(r"(https?://|mailto:|tel:)[^\s<>\"]+", re.IGNORECASE)
_CID = re.compile(r"cid:[\w.@+$%=-]{1,200}", re.IGNORECASE)
_MOST_URL = 4000
_BRACKETS = str.maketrans("<>", "‹›")  # a tag within an attribute harms no browser, but perhaps who handles it next

# A style's value: words, numbers with units, colours. No address, no comment, no escape, no variable.
_VALUE = re.compile(
    r"(?:#[0-9a-f]{3,8}|rgba?\([\d\s.,%]{1,40}\)|hsla?\([\d\s.,%]{1,40}\)|\d{1,3}(?:\.\d{1,4})?(?:px|pt|em|rem|%)?|[a-z-]{1,30})"
    r"(?:\s+(?:#[0-9a-f]{3,8}|rgba?\([\d\s.,%]{1,40}\)|\d{1,3}(?:\.\d{1,4})?(?:px|pt|em|rem|%)?|[a-z-]{1,30})){0,5}"
)
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)\s*(?:!|;|$)", re.I)


def _full(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda value: value.strip() if len(value) <= _MOST_URL and pattern.fullmatch(value.strip()) else None


def _words(value: str) -> str | None:
    return value[:500].translate(_BRACKETS)


def style(value: str) -> str | None:
    """Return the declarations that only colour and align, or None when there are none."""
    kept: dict[str, str] = {}
    for declaration in value[:_MOST_URL].lower().split(";"):
        name, _, given = declaration.partition(":")
        given = " ".join(given.replace("!important", "").split())
        if name.strip() in STYLES and _VALUE.fullmatch(given):
            kept[name.strip()] = given
    return ";".join(f"{name}:{given}" for name, given in kept.items()) or None


def is_hidden(attributes: dict[str, str]) -> bool:
    """Did the sender mean nobody to see this part: lines for previews, the other layout of a telephone?"""
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")[:_MOST_URL]))


_FITS: dict[str, Callable[[str], str | None]] = {
    "style": style,
    "dir": _full(re.compile(r"ltr|rtl|auto", re.IGNORECASE)),
    "lang": _full(re.compile(r"[A-Za-z0-9-]{1,35}")),
    "title": _words,
    "alt": _words,
    "align": _full(_WORD),
    "valign": _full(_WORD),
    "bgcolor": _full(_COLOUR),
    "color": _full(_COLOUR),
    "size": _full(re.compile(r"[+-]?[1-7]")),
    "start": _full(re.compile(r"-?\d{1,6}")),
    "colspan": _full(_SPAN),
    "rowspan": _full(_SPAN),
    "span": _full(_SPAN),
    **dict.fromkeys(("width", "height", "border", "cellpadding", "cellspacing"), _full(_NUMBER)),
    "href": _full(_LINK),
    "src": _full(_CID),
    "data-src": _full(_WEB),
}


def attribute(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value as it may stand, or None when it may not."""
    known = name in _ANYWHERE or name in ATTRIBUTES.get(tag, frozenset())
    if tag == "a" and name in {"rel", "target"}:
        return value  # ours
    return _FITS[name](value) if known else None

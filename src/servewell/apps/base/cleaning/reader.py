"""How is a stranger's HTML read in one pass? Element by element, writing down what is allowed, and its words beside."""

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from lxml import etree

from servewell.apps.base.cleaning import allowed, characters

DEEPEST = 100  # levels that are written; deeper ones lose their tags, not their words
MOST_TAGS = 30_000
_MOST_AMPERSANDS = 20_000  # in one text
_SPACES = re.compile(r"[ \t\n]+")
_MANY_BREAKS = re.compile(r"\n{3,}")
_SCOPES = frozenset({"p", "table", "td", "th", "caption"})  # where a browser looks for an open paragraph, and stops
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)


@dataclass(slots=True)
class Seen:
    """What was read."""

    html: str
    text: str
    remote_images: int
    was_cut: bool


def read(raw: str) -> Seen:
    """Return what may stay of `raw` (free of control characters), well nested, and its words."""
    writer = _Writer()
    if raw.strip():
        target: Any = writer  # the stubs ask for a target that takes bytes too; this parser gives only str
        parser = etree.HTMLParser(target=target, huge_tree=True, no_network=True, encoding="utf-8")
        parser.feed(raw.encode())
        parser.close()
    return writer.seen()


@dataclass(slots=True)
class _Writer:
    """Takes the parser's events."""

    html: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)  # what stands in `html`; "" for a tag that was left out
    written: int = 0  # how many of them are no ""
    muted: int = 0  # levels within something that goes whole
    tags: int = 0
    run: list[str] = field(default_factory=list)  # pieces of one text; an entity ends a piece
    preformatted: int = 0
    remote_images: int = 0
    was_cut: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._end_run()
        given = dict(attributes)
        if self.muted or tag in allowed.DROPPED_WHOLE or allowed.is_hidden(given):
            self.muted += 1
            return
        self.preformatted += tag == "pre"
        self._break_before(tag)
        self.open_tags.append(tag if self._write_start(tag, given) else "")
        self.written += self.open_tags[-1] != ""

    def end(self, tag: str) -> None:
        """An element ends; the parser closes what was left open, in order."""
        self._end_run()
        if self.muted:
            self.muted -= 1
            return
        self.preformatted -= tag == "pre"
        written = self.open_tags.pop()
        self.written -= written != ""
        if written and written not in allowed.EMPTY:
            self.html.append(f"</{written}>")
        if tag in allowed.BLOCKS:
            self.text.append("\n")

    def data(self, piece: str) -> None:
        """Words."""
        if not self.muted:
            self.run.append(piece)

    def comment(self, text: str) -> None:
        """Not for readers."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Not for readers."""

    def close(self) -> None:
        """The end."""
        self._end_run()

    def seen(self) -> Seen:
        """Return what was read."""
        lines = "\n".join(line.strip() for line in "".join(self.text).split("\n"))
        return Seen("".join(self.html), _MANY_BREAKS.sub("\n\n", lines).strip(), self.remote_images, self.was_cut)

    def _write_start(self, tag: str, given: dict[str, str]) -> bool:
        if tag not in allowed.TAGS:
            return False
        if self.written >= DEEPEST or self.tags >= MOST_TAGS:
            self.was_cut = True
            return False
        self.tags += 1
        if tag in allowed.BLOCKS:
            self._end_paragraph()
        if tag == "img":
            self._look_at_picture(given)
        kept = {name: fit for name, value in given.items() if (fit := _attribute(tag, name, value)) is not None}
        self.html.append("<" + "".join([tag, *(f' {name}="{escape(value)}"' for name, value in kept.items())]) + ">")
        return True

    def _end_paragraph(self) -> None:
        """A block ends the paragraph it stands in, as browsers have it: what we write is then read alike by all."""
        inner = next((tag for tag in reversed(self.open_tags) if tag in _SCOPES), None)
        if inner != "p":
            return
        while True:
            at = max(place for place, tag in enumerate(self.open_tags) if tag)
            tag, self.open_tags[at] = self.open_tags[at], ""
            self.written -= 1
            self.html.append(f"</{tag}>")
            if tag == "p":
                return

    def _look_at_picture(self, given: dict[str, str]) -> None:
        """A picture from elsewhere tells its owner who reads, when and where: it waits for a click."""
        source = given.get("src", "")
        if _REMOTE.match(source):
            given.pop("src")
            source = source.strip()
            given["data-src"] = f"https:{source}" if source.startswith("//") else source
        if _attribute("img", "data-src", given.get("data-src", "")) is not None:
            self.remote_images += 1
        self.text.append(_SPACES.sub(" ", given.get("alt", "")))

    def _break_before(self, tag: str) -> None:
        if tag in allowed.BLOCKS or tag == "br":
            self.text.append("\n")
        elif tag in {"td", "th"}:
            self.text.append(" ")

    def _end_run(self) -> None:
        if not self.run:
            return
        words = characters.text("".join(self.run), most=10**9)
        self.run.clear()
        self.html.append(_written(words))
        self.text.append(words if self.preformatted else _SPACES.sub(" ", words))


def _written(words: str) -> str:
    """Return words as HTML; with ampersands without number in parts, because html5ever takes their square in time."""
    if words.count("&") <= _MOST_AMPERSANDS:
        return escape(words, quote=False)
    parts = (words[at : at + _MOST_AMPERSANDS] for at in range(0, len(words), _MOST_AMPERSANDS))
    return "".join(f"<span>{escape(part, quote=False)}</span>" for part in parts)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "a" and name in {"rel", "target"}:
        return None  # they are added when it is judged
    return allowed.attribute(tag, name, characters.visible(value))

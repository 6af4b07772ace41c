"""What of a stranger's HTML may be shown? What mail needs to look like mail, and nothing that acts, loads or hides.

1. `reader` reads it as browsers do (libxml2's HTML5 tokenizer, in one pass and linear time), keeps what is allowed,
   closes what was left open, and writes it anew, at most 100 levels deep: so the next step cannot be made to burst.
2. nh3 (ammonia, html5ever) judges the outcome by its own lists. What is shown has passed both.
"""

from dataclasses import dataclass
from functools import cache

import nh3

from servewell.apps.base.cleaning import allowed, characters, reader

_ROUNDS = 5
MOST = 2_000_000  # characters of HTML that are read; a mail beyond that is cut


@dataclass(frozen=True, slots=True)
class Html:
    """Mail, safe to show inside our page."""

    safe: str  # a fragment of HTML; pictures from elsewhere stand in `data-src` until somebody asks for them
    text: str  # the same in words, for search and previews; blocks are lines
    remote_images: int  # pictures that would be loaded from elsewhere
    was_cut: bool  # it was larger, deeper or had more parts than is read; what is missing is at its end


def html(raw: str, *, most: int = MOST) -> Html:
    """Return what may be shown of a stranger's HTML; never fails.

    Links keep http, https, mailto and tel, open a new window and tell nothing of us; pictures keep `cid:` (a file of
    the same message). No scripts, forms, frames, drawings, classes, ids; of styles only what colours and aligns.
    """
    seen = reader.read(characters.visible(raw[:most]))
    return Html(
        safe=_settled(_judged(seen.html)),
        text=characters.shortened(seen.text).text,
        remote_images=seen.remote_images,
        was_cut=seen.was_cut or len(raw) > most,
    )


def _settled(safe: str) -> str:
    """Return what stays as it is when it is read again: the readers mend wrong nests in different ways."""
    for _ in range(_ROUNDS):
        again = _judged(reader.read(safe).html)
        if again == safe:
            break
        safe = again
    return safe


def _judged(written: str) -> str:
    return _judge().clean(written).strip(" \t\n")


@cache
def _judge() -> nh3.Cleaner:
    """Made at the first need; it is told the lists once."""
    return nh3.Cleaner(
        tags=set(allowed.TAGS),
        clean_content_tags=set(allowed.DROPPED_WHOLE),
        attributes={tag: set(names) for tag, names in allowed.ATTRIBUTES.items()},
        attribute_filter=allowed.attribute,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes=set(allowed.SCHEMES),
        url_relative="deny",
        filter_style_properties=set(allowed.STYLES),
    )

"""What is a customer called? In one line, and folded so that a search finds it in any case and width."""

import unicodedata

from servewell.apps.base import cleaning
from servewell.apps.customers.errors import BadCustomer
from servewell.apps.customers.models import NAME


def from_outside(name: str) -> str:
    """Return a name as a channel gave it, shortened with `…` when it is longer than can be kept."""
    return cleaning.short_line(name, most=NAME).text


def entered(name: str) -> str:
    """Return a name as a person entered it; BadCustomer when it is too long: they can shorten it better."""
    clean = cleaning.short_line(name, most=NAME + 1).text
    if len(clean) > NAME:
        raise BadCustomer(field="name", limit=NAME)
    return clean


def folded(text: str) -> str:
    """Return what is compared: without case, width and the spaces between words."""
    plain = unicodedata.normalize("NFKC", cleaning.short_line(text, most=NAME).text).casefold()
    return "".join(plain.split())[: NAME * 4]


def language_tag(language: str | None) -> str:
    """Return a language tag (BCP 47) that is short enough to keep, else ""."""
    tag = cleaning.short_line(language or "", most=17).text.replace("_", "-")
    return tag if len(tag) <= 16 and tag.replace("-", "").isalnum() and tag.isascii() else ""

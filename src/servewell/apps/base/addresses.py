"""Which e-mail address is this? Two spellings of one address have one value; what was written is kept to be shown."""

import re
import unicodedata
from dataclasses import dataclass

import idna

from servewell.apps.base import cleaning

_LONGEST, _LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1, with the path's brackets taken off
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\\\]\x00-\x1f\x7f]+")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_ALONE = re.compile(r"(?:mailto:)?\s*<?([^<>]*)>?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address."""

    value: str  # what is compared: lower case, the domain as DNS has it (IDNA)
    shown: str  # as it was written


def email(text: str) -> Address | None:
    """Return the address that `text` is, or None when it is none.

    The part before the @ is compared without case too: the standard would tell Wang@ from wang@, no mail house does,
    and two customers of one person would be the price.
    """
    match = _ALONE.fullmatch(cleaning.short_line(text, most=_LONGEST * 4).text)
    local, at, domain = (match[1].strip() if match else "").replace("\uff20", "@").rpartition("@")
    host = _host(domain)
    if not at or host is None or not _is_local(local):
        return None
    value = f"{unicodedata.normalize('NFKC', local).lower()}@{host}"
    return Address(value, f"{local}@{domain}") if len(value) <= _LONGEST else None


def _is_local(local: str) -> bool:
    folded = unicodedata.normalize("NFKC", local).lower()
    dots = folded.startswith(".") or folded.endswith(".") or ".." in folded
    return len(folded) <= _LONGEST_LOCAL and _LOCAL.fullmatch(folded) is not None and not dots


def _host(domain: str) -> str | None:
    """Return a domain as DNS has it, in lower case; None when it cannot be one that mail reaches."""
    host = _in_ascii(unicodedata.normalize("NFKC", domain).strip().rstrip("."))
    if host is None:
        return None
    labels = host.split(".")
    return host if len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) else None


def _in_ascii(domain: str) -> str | None:
    """IDNA 2008 as browsers map it (UTS 46); what only the older IDNA 2003 allowed, such as emoji, by that."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        return domain.encode("idna").decode().lower()
    except UnicodeError:
        return None

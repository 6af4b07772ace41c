"""Does a rule fit a new contact? Every condition that is made must hold; of the values of one, any.

Pure: a rule is told about a contact, and the database is nobody's business here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

WHERE = ("anywhere", "subject", "text")  # words are looked for


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a contact must be like. What is empty is no condition."""

    channels: tuple[str, ...] = ()  # by which it came
    accounts: tuple[UUID, ...] = ()  # of the channel: which mailbox, site or number
    languages: tuple[str, ...] = ()  # BCP 47; `zh` holds for `zh-Hans` too
    words: tuple[str, ...] = ()  # in any case and width; `refund*` finds refunds too, Chinese is found anywhere
    words_in: str = "anywhere"  # of WHERE
    addresses: tuple[str, ...] = ()  # to which it was sent: `vip@example.com`, or `@example.com` for all of a domain
    tiers: tuple[str, ...] = ()  # of the customer
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what a form was filled in with, by its key

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Conditions":
        """Return what `stored` gave."""
        known = {name: stored[name] for name in cls.__slots__ if name in stored}
        return cls(
            **{name: tuple(value) for name, value in known.items() if name not in {"words_in", "fields", "accounts"}},
            accounts=tuple(UUID(str(one)) for one in known.get("accounts", ())),
            words_in=known.get("words_in", "anywhere"),
            fields={key: tuple(values) for key, values in known.get("fields", {}).items()},
        )

    def stored(self) -> dict[str, Any]:
        """Return it as JSON, without what is no condition."""
        made = {name: value for name, value in asdict(self).items() if value}
        made["accounts"] = [str(one) for one in self.accounts]
        return {name: value for name, value in made.items() if value and not (name == "words_in" and not self.words)}


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of a new contact when it is sorted."""

    channel: str
    account: UUID | None = None
    language: str = ""
    subject: str = ""
    text: str = ""
    recipient: str = ""
    tier: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


def missed(conditions: Conditions, contact: Contact) -> list[str]:
    """Return the conditions that do not hold, in the order they are tried; none: the rule fits."""
    return [name for name, holds in _TESTS if getattr(conditions, name) and not holds(conditions, contact)]


def fits(conditions: Conditions, contact: Contact) -> bool:
    """Do all conditions hold? Asks no further than the first that does not."""
    return all(not getattr(conditions, name) or holds(conditions, contact) for name, holds in _TESTS)


def folded(text: str) -> str:
    """Return what is compared: without case, width and repeated spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _by_language(conditions: Conditions, contact: Contact) -> bool:
    given = contact.language.casefold()
    return any(given == one.casefold() or given.startswith(one.casefold() + "-") for one in conditions.languages)


def _by_words(conditions: Conditions, contact: Contact) -> bool:
    places = {"subject": (contact.subject,), "text": (contact.text,)}
    pattern = _pattern(conditions.words)
    return any(
        pattern.search(_read(place)) for place in places.get(conditions.words_in, (contact.subject, contact.text))
    )


@lru_cache(maxsize=4)  # the contact at hand, for all rules
def _read(text: str) -> str:
    return folded(text)


@lru_cache(maxsize=1000)
def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(_whole(folded(word)) for word in words))


def _whole(word: str) -> str:
    """A word of letters that others separate by spaces must stand alone: `art` is not in `start`."""
    stem = word.removesuffix("*") or word
    before = rf"(?<!{_SPACED})" if re.match(_SPACED, stem) else ""
    after = rf"(?!{_SPACED})" if stem == word and re.match(_SPACED, stem[-1]) else ""
    return before + re.escape(stem) + after


# Letters and digits, except of scripts that are written without spaces: Thai to Khmer, Kana and Han.
_SPACED = r"[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u31f0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"


def _by_address(conditions: Conditions, contact: Contact) -> bool:
    given = contact.recipient.casefold()
    return any(
        given.endswith(one.casefold()) if one.startswith("@") else given == one.casefold()
        for one in conditions.addresses
    )


def _by_fields(conditions: Conditions, contact: Contact) -> bool:
    return all(
        not {folded(value) for value in wanted}.isdisjoint(_given(contact.fields.get(key)))
        for key, wanted in conditions.fields.items()
    )


def _given(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [folded(_as_text(one)) for one in values if one is not None]


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


_TESTS: tuple[tuple[str, Callable[[Conditions, Contact], bool]], ...] = (
    ("channels", lambda conditions, contact: contact.channel in conditions.channels),
    ("accounts", lambda conditions, contact: contact.account in conditions.accounts),
    ("addresses", _by_address),
    ("languages", _by_language),
    ("tiers", lambda conditions, contact: contact.tier in conditions.tiers),
    ("fields", _by_fields),
    ("words", _by_words),
)

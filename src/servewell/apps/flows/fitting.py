"""What may stand in a rule? What exists, in the form in which it is compared; BadRule names what is wrong."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from servewell.apps.base import addresses, cleaning
from servewell.apps.conversations.errors import NoSuchTag
from servewell.apps.conversations.models import Channel, Field, Tag
from servewell.apps.customers import names, terms
from servewell.apps.flows import rules
from servewell.apps.flows.errors import BadRule
from servewell.apps.people.models import Team

MOST = 200  # values of one condition
LONGEST = 200  # characters of a word, an address or a value
MOST_TAGS = 20


def conditions(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return conditions (names of `rules.Conditions`) as they are stored."""
    made: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _READ:
            raise BadRule(field="condition", value=_shown(name))
        made[name] = _READ[name](value)
    return rules.Conditions.of(made).stored()


def team(team_id: UUID | None) -> UUID | None:
    """Return a team that takes work."""
    if team_id is not None and not Team.objects.filter(pk=team_id, archived_at=None).exists():
        raise BadRule(field="team")
    return team_id


def tags(wanted: Iterable[UUID]) -> list[UUID]:
    """Return tags that there are, each once; NoSuchTag, BadRule."""
    each = list(dict.fromkeys(wanted))
    if len(each) > MOST_TAGS:
        raise BadRule(field="tags", most=MOST_TAGS)
    known = set(Tag.objects.filter(id__in=each, archived_at=None).values_list("id", flat=True))
    for tag in each:
        if tag not in known:
            raise NoSuchTag(tag=str(tag))
    return each


def _channels(given: Iterable[str]) -> list[str]:
    return _among("channels", given, Channel.values)


def _tiers(given: Iterable[str]) -> list[str]:
    return _among("tiers", given, terms.usable(terms.tiers()))


def _accounts(given: Iterable[UUID]) -> list[str]:
    return [str(one) for one in _each("accounts", given)]


def _languages(given: Iterable[str]) -> list[str]:
    wanted = list(given)
    tags_ = [names.language_tag(one) for one in wanted]
    for tag, one in zip(tags_, wanted, strict=True):
        if not tag:
            raise BadRule(field="languages", value=_shown(one))
    return _each("languages", tags_)


def _words(given: Iterable[str]) -> list[str]:
    return _each("words", (_line("words", one) for one in given))


def _words_in(given: str) -> str:
    return _among("words_in", [given], rules.WHERE)[0]


def _addresses(given: Iterable[str]) -> list[str]:
    return _each("addresses", (_address(_line("addresses", one)) for one in given))


def _address(given: str) -> str:
    """Return an address as recipients come: the domain as DNS has it; a name or number without case."""
    known = addresses.email(given)
    return known.value if known else given.casefold()


def _fields(given: Mapping[str, Iterable[Any]]) -> dict[str, list[str]]:
    known = set(Field.objects.filter(key__in=list(given), archived_at=None).values_list("key", flat=True))
    for key in given:
        if key not in known:
            raise BadRule(field="fields", value=_shown(key))
    wanted = {key: _each("fields", (_line("fields", one) for one in values)) for key, values in given.items()}
    return {key: values for key, values in wanted.items() if values}


_READ: dict[str, Callable[[Any], Any]] = {
    "channels": _channels,
    "accounts": _accounts,
    "languages": _languages,
    "words": _words,
    "words_in": _words_in,
    "addresses": _addresses,
    "tiers": _tiers,
    "fields": _fields,
}


def _among(field: str, given: Iterable[str], allowed: Iterable[str]) -> list[str]:
    codes = set(allowed)
    wanted = _each(field, given)
    for one in wanted:
        if one not in codes:
            raise BadRule(field=field, value=_shown(one))
    return wanted


def _each(field: str, given: Iterable[Any]) -> list[Any]:
    wanted = list(dict.fromkeys(given))
    if len(wanted) > MOST:
        raise BadRule(field="too_many", most=MOST)
    return wanted


def _line(field: str, given: Any) -> str:
    """Return one value; what is nothing, or only the star, would fit everything or nothing."""
    value = cleaning.short_line(str(given), most=LONGEST + 1).text
    if not rules.folded(value).strip("*@ ") or len(value) > LONGEST:
        raise BadRule(field=field, value=_shown(value))
    return value


def _shown(value: Any) -> str:
    return cleaning.short_line(str(value), most=40).text

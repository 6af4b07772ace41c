"""Who are the shop's customers? A row for each of the story, with what they are known by and what they agreed to.

They were there before the first day, brought in as from an older system: so no event tells of their making.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from servewell.apps.base import ids
from servewell.apps.customers import completeness, facts, identities
from servewell.apps.customers import names as stored_names
from servewell.apps.customers.identities import Identity as Given
from servewell.apps.customers.models import Consent, Customer, Identity
from servewell.site.demo.desk import names, products
from servewell.site.demo.desk.copying import copy
from servewell.site.demo.plans import dice_of

ENGLISH = 0.15  # share of customers who write English
REGION = "CN"  # where their numbers are dialled from; all name their country anyway
_TIERS, _SHARES = ("standard", "silver", "gold"), (78, 16, 6)
_SOURCES = {"wechat": "wechat", "wecom": "wecom"}  # channels where the outside system knows its user by an id
_HOSTS = ("example.com", "example.net", "example.org", "cn.example.com")  # reserved for examples (RFC 2606)
_ASKED = {"service": 0.72, "marketing": 0.4, "survey": 0.5, "recording": 0.3}  # purpose -> how many were asked
_SAYS_YES = {"service": 0.98, "marketing": 0.55, "survey": 0.7, "recording": 0.85}


@dataclass(slots=True)
class Person:
    """A customer while they are made up."""

    id: UUID
    name: names.Name
    language: str  # zh-Hans | en
    tier: str
    favourite: products.Product
    attributes: dict[str, Any]
    known: list[identities.Read]
    asked: dict[str, bool]  # purpose -> what they said
    teams: list[UUID] = field(default_factory=list)

    @property
    def since(self) -> datetime:
        """When they first bought something: their id says it."""
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, UTC)


def make_up(seed: int, contacts: Mapping[UUID, set[str]], before: datetime) -> dict[UUID, Person]:
    """Return a person for each customer; `contacts` says by which channels each of them came."""
    return {
        customer: _person(dice_of(seed, f"customer:{place}"), place, customer, contacts[customer], before)
        for place, customer in enumerate(sorted(contacts), 1)
    }


def write(people: Iterable[Person], now: datetime) -> None:
    """Store them, with identities and consents."""
    everybody, demands = list(people), facts.demands()
    copy(Customer, (_row(one, demands) for one in everybody))
    copy(Identity, (row for one in everybody for row in _identities(one)))
    copy(Consent, (row for one in everybody for row in _consents(one, now)))


def _person(dice: Random, place: int, customer: UUID, channels: set[str], before: datetime) -> Person:
    language = "en" if dice.random() < ENGLISH else "zh-Hans"
    name, favourite = names.draw(dice, language), products.draw(dice)
    person = Person(
        id=customer,
        name=name,
        language=language,
        tier=dice.choices(_TIERS, _SHARES)[0],
        favourite=favourite,
        attributes={},
        known=identities.read_all(_given(dice, place, name.latin, language, channels), lambda: REGION),
        asked={what: dice.random() < _SAYS_YES[what] for what, share in _ASKED.items() if dice.random() < share},
    )
    member = min(before, person.since + timedelta(days=dice.randrange(400)) - timedelta(days=400))
    kept = {"member_since": member.date().isoformat(), "orders": dice.randrange(1, 40)}
    person.attributes = {what: value for what, value in kept.items() if dice.random() < 0.85}
    if dice.random() < 0.6:
        person.attributes["favourite_category"] = favourite.category
    return person


def _given(dice: Random, place: int, latin: str, language: str, channels: set[str]) -> Sequence[Given]:
    """What somebody is known by: what their channels tell, and often a membership, an address, a number."""
    given = [Given("external", f"{_SOURCES[way]}-{place:06d}", _SOURCES[way]) for way in sorted(channels & {*_SOURCES})]
    if "chat" in channels:
        given.append(Given("visitor", f"v-{dice.getrandbits(48):012x}", "shop-site"))
    if dice.random() < 0.7:
        given.append(Given("external", f"M{200_000 + place}", "shop", verified=True))
    if "email" in channels or dice.random() < 0.45:
        given.append(Given("email", f"{latin}{place}@{dice.choice(_HOSTS)}", verified=dice.random() < 0.7))
    if "phone" in channels or dice.random() < 0.6:
        given.append(Given("phone", phone(language, place), verified=dice.random() < 0.6))
    return given


def phone(language: str, place: int) -> str:
    """Return a number that nobody can have: of a Chinese range that is not given out, or one kept for stories."""
    if language == "en":  # 555-0100 to 555-0199 of an area code
        return f"+1 {201 + place // 100} 555 01{place % 100:02d}"
    return f"+86 154 {place // 10_000:04d} {place % 10_000:04d}"


def _row(person: Person, demands: completeness.Demands) -> dict[str, Any]:
    known = completeness.of(_facts(person), demands)
    return {
        "id": person.id,
        "name": person.name.full,
        "name_key": stored_names.folded(person.name.full),
        "tier": person.tier,
        "language": person.language,
        "attributes": person.attributes,
        "team_ids": person.teams,
        "met_team_ids": person.teams,
        "root_id": person.id,
        "completeness": known.percent,
        "missing": known.missing,
        "created_at": person.since,
        "changed_at": person.since,
    }


def _facts(person: Person) -> completeness.Facts:
    return completeness.Facts(
        name=person.name.full,
        language=person.language,
        tier_chosen=person.tier != _TIERS[0],
        attributes=person.attributes,
        kinds={one.kind for one in person.known},
        verified={one.kind for one in person.known if one.verified},
        decided=bool(person.asked),
    )


def _identities(person: Person) -> Iterable[dict[str, Any]]:
    for one in person.known:
        yield {
            "id": ids.at(person.since),
            "customer_id": person.id,
            "kind": one.kind,
            "source": one.source,
            "value": one.value,
            "shown": one.shown,
            "verified_at": person.since if one.verified else None,
            "added_by_kind": "system",
            "created_at": person.since,
            "last_seen_at": person.since,
        }


def _consents(person: Person, now: datetime) -> Iterable[dict[str, Any]]:
    for days, (purpose, given) in enumerate(person.asked.items()):
        at = min(person.since + timedelta(days=days), now)
        yield {
            "id": ids.at(at),
            "customer_id": person.id,
            "purpose": purpose,
            "given": given,
            "at": at,
            "source": "shop",
            "recorded_at": at,
            "recorded_by_kind": "system",
        }

"""Which customers are out of the ordinary? Some are blocked, some are known twice, of some it is only supposed."""

from collections.abc import Sequence
from datetime import timedelta

from servewell.apps.base import clock, texts
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import actions as customers
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer
from servewell.site.demo.desk.customers import Person, phone
from servewell.site.demo.plans import dice_of

BLOCKED, TWINS, DOUBTED = 6, 7, 5
_FIRST_SPARE = 90_000  # of numbers that nobody of the story has


def single_out(seed: int, people: Sequence[Person]) -> None:
    """Block some customers, merge others with a twin, and suggest merges; by the room's own verbs."""
    dice = dice_of(seed, "special")
    reached = [one for one in people if any(known.kind == "email" for known in one.known)]
    chosen = dice.sample(reached, BLOCKED + TWINS + DOUBTED)
    blocked, twins, doubted = chosen[:BLOCKED], chosen[BLOCKED : BLOCKED + TWINS], chosen[BLOCKED + TWINS :]
    for place, person in enumerate(blocked):
        until = clock.now() + timedelta(days=7 * place) if place % 2 else None
        customers.block(SYSTEM, person.id, texts.say(f"demo.blocked.{place % 3 + 1}"), until)
    for place, person in enumerate(twins):
        customers.merge(SYSTEM, _twin(person, place).id, person.id)
    for place, person in enumerate(doubted, TWINS):
        _twin(person, place)
        customers.find_or_create(SYSTEM, [_address(person), _number(place)])  # one contact with what both are known by


def _twin(person: Person, place: int) -> Customer:
    """Return the same person once more, known by a number that they gave another time."""
    return customers.create(
        SYSTEM, name=person.name.full, language=person.language, identities=[_number(place)], teams=person.teams[:1]
    )


def _number(place: int) -> Identity:
    return Identity("phone", phone("zh-Hans", _FIRST_SPARE + place))


def _address(person: Person) -> Identity:
    return next(Identity("email", one.shown) for one in person.known if one.kind == "email")

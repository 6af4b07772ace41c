"""Which endpoints are there? One small table a room; `tests/service/site/test_api.py` walks all of them.

To add an endpoint, add a line to the room's module here (a new room: a new module; it is found by itself):

    ("GET", "/conversations/{conversation}/links", "conversations.read", None),

- the verb it asks for, "" when nobody signs in for it (a visitor's token, a signed link: it has tests of its own, and
  the walk leaves it out), or several joined with `+` (all are needed); `conversations.read@own` where it reaches no
  further than one's own, whatever the role's scope (`@team` likewise);
- a body that passes the form: JSON, "a file" for one sent as a form's `file`, or None. A text of a body or address that
  is just `{name}` stands for an object too: {"into": "{another}"} makes sure that one cannot reach it either;
- for each `{name}` a maker of that name in some module's `MAKERS`: a function of `Whose` (and of what was made for the
  places before it, by name) that returns the id of a real object: of `whose.owner`, or else of `whose.team`. An object
  that belongs to nobody is within the scope `all` only. Return None where an object cannot be of that sort
  (a customer has no owner): then it is not walked.

`NOT_FOR_KEYS` of a module names what is for people only, `REFUSALS` the problems that keep somebody from an object,
`NOWHERE` by place what is nobody's where that is no UUID, `PARTS` the places that are part of the one before (a message
of a conversation): they are as foreign as that is, never by themselves.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from servewell.apps.people import permissions
from servewell.apps.people.models import Team, User

NO_ONE = "00000000-0000-7000-8000-000000000000"
PREFIX = "/api/v1"
PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Whose:
    """To whom an object is to belong."""

    owner: User | None  # the one who owns it, where its kind has owners; None: nobody
    team: Team | None  # the team it belongs to, where its kind has teams
    boss: User  # an administrator, for what only they can make


Made = dict[str, Any]
Maker = Callable[[Whose, Made], UUID | str | int | None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of a table."""

    method: str
    path: str  # below PREFIX, with `{name}` for objects
    verb: str  # or verbs, joined with +
    body: Any
    for_keys: bool = True  # may a program call it?

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.method} {self.path.removeprefix('/')}"

    @property
    def is_public(self) -> bool:
        """Does it look at no sign-in?"""
        return not self.verb

    @property
    def verbs(self) -> list[str]:
        """All of them are needed."""
        return [verb.partition("@")[0] for verb in self.verb.split("+")]

    def scope(self, role: str) -> str | None:
        """Return how far the table of permissions lets a role reach here: that of the narrowest verb."""
        order = (None, permissions.OWN, permissions.TEAM, permissions.ALL)
        reach = []
        for verb in self.verb.split("+"):
            name, _, most = verb.partition("@")
            held = permissions.TABLE[role].get(name)
            reach.append(min(order.index(held), order.index(most or permissions.ALL)))
        return order[min(reach)]

    @property
    def places(self) -> list[str]:
        """Names of the objects, in their order: those of the address, then those of the body."""
        return list(dict.fromkeys([*PLACE.findall(self.path), *_places_in(self.body)]))

    @property
    def wholes(self) -> list[str]:
        """Names of the objects that are not part of another."""
        return [place for place in self.places if place not in PARTS]

    def filled(self, made: Made) -> tuple[str, Any]:
        """Return address and body with the ids of `made`; of nobody's for what is not in it."""
        return PREFIX + PLACE.sub(lambda place: _id(made, place), self.path), _filled(self.body, made)


def _places_in(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield from PLACE.findall(body) if PLACE.fullmatch(body) else ()
    for inner in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from _places_in(inner)


def _filled(body: Any, made: Made) -> Any:
    if isinstance(body, str) and (place := PLACE.fullmatch(body)):
        return _id(made, place)
    if isinstance(body, dict):
        return {key: _filled(value, made) for key, value in body.items()}
    return [_filled(value, made) for value in body] if isinstance(body, list) else body


def _id(made: Made, place: re.Match[str]) -> str:
    return str(made.get(place[1], NOWHERE.get(place[1], NO_ONE)))


_ROOMS = [import_module(f"{__name__}.{file.stem}") for file in sorted(Path(__file__).parent.glob("[a-z]*.py"))]
ENDPOINTS = [
    Endpoint(method, path, verb, body, (method, path) not in getattr(room, "NOT_FOR_KEYS", ()))
    for room in _ROOMS
    for method, path, verb, body in room.ENDPOINTS
]
WALKED = [endpoint for endpoint in ENDPOINTS if not endpoint.is_public]
MAKERS: dict[str, Maker] = {name: maker for room in _ROOMS for name, maker in getattr(room, "MAKERS", {}).items()}
NOWHERE: Made = {name: nobodys for room in _ROOMS for name, nobodys in getattr(room, "NOWHERE", {}).items()}
PARTS = {name for room in _ROOMS for name in getattr(room, "PARTS", ())}
REFUSALS = {  # that keep somebody from an object, or from knowing of it
    *("/errors/people-not-allowed", "/errors/people-sign-in-needed", "/errors/site-not-found"),
    *(f"/errors/{name}" for room in _ROOMS for name in getattr(room, "REFUSALS", ())),
}

"""What has happened with a customer, over all channels? Rooms above tell what they know; here it becomes one line.

A room registers a function that returns its items, newest first:

    @timeline.provider("conversations")
    def told(asked: Asked) -> list[Item]: ...

It gets the ids of the whole family, and returns at most `asked.most` items that come before `asked.before`, only such
as `asked.principal` may read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.journal.floors import FLOORS

Place = tuple[datetime, UUID]  # moment and id: where in the line something stands


@dataclass(frozen=True, slots=True)
class Item:
    """Something that happened."""

    at: datetime
    id: UUID  # unique over all rooms: of the event, message or conversation
    kind: str  # code within the room, for the sign beside it
    sentence: str  # in the person's language
    conversation: UUID | None = None
    channel: str | None = None  # code of the journal
    actor_kind: str = "system"  # customer, agent, bot, system
    actor: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)  # JSON; what the screen shows when it is opened
    room: str = ""  # given by the line

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page of the line asks of each room."""

    principal: Principal
    family: Sequence[UUID]  # all ids that are this customer, the one that goes on first
    before: Place | None  # only what is older than this; None: from the newest on
    most: int
    language: str


Provider = Callable[[Asked], list[Item]]
_providers: dict[str, Provider] = {}


def provider(room: str) -> Callable[[Provider], Provider]:
    """Register the function that tells what a room knows of a customer; ValueError for a second one, or no room."""
    if room not in FLOORS:
        raise ValueError(f"{room} is no room")

    def register(tell: Provider) -> Provider:
        if _providers.get(room, tell) is not tell:
            raise ValueError(f"{room} tells its time line twice")
        _providers[room] = tell
        return tell

    return register


def page(asked: Asked, only: str | None = None) -> list[Item]:
    """Return the newest `asked.most` items of all rooms (or of `only` one), newest first."""
    items: list[Item] = []
    for room, tell in _providers.items():
        if only in (None, room):
            items += (_of(room, item) for item in tell(asked))
    within = [item for item in items if asked.before is None or item.place < asked.before]
    return sorted(within, key=lambda item: item.place, reverse=True)[: asked.most]


def rooms() -> list[str]:
    """Return the rooms that tell something, lowest floor first."""
    return sorted(_providers, key=lambda room: FLOORS[room])


def _of(room: str, item: Item) -> Item:
    return replace(item, room=room)

"""What does the house hold about a customer? Rooms above say it here, for the export and for the proof of an erasure.

    holdings.register(Holder("conversations", records=..., files=..., count=...))

The deletion itself is each room's own: it listens to `customer.erased`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from servewell.apps.journal.floors import FLOORS

Family = Sequence[UUID]  # all ids that are one customer
Record = tuple[str, dict[str, Any]]  # section, and what it holds as JSON


def _nothing(family: Family) -> list[UUID]:
    return []


@dataclass(frozen=True, slots=True)
class Holder:
    """A room that holds something about customers."""

    room: str
    records: Callable[[Family], Iterable[Record]]  # all it holds, the records of a section one after the other
    count: Callable[[Family], int]  # how many things an erasure takes away
    files: Callable[[Family], Iterable[UUID]] = _nothing  # attachments that came from or went to them
    part: str = ""  # which part of the room holds it, where several do


_holders: dict[str, Holder] = {}


def register(holder: Holder) -> Holder:
    """Let a room say what it holds; ValueError for a second time, or no room."""
    if holder.room not in FLOORS:
        raise ValueError(f"{holder.room} is no room")
    name = f"{holder.room}.{holder.part}" if holder.part else holder.room
    if _holders.get(name, holder) is not holder:
        raise ValueError(f"{name} says what it holds twice")
    _holders[name] = holder
    return holder


def all_() -> Iterator[Holder]:
    """Yield every holder, lowest floor first."""
    yield from sorted(_holders.values(), key=lambda holder: FLOORS[holder.room])

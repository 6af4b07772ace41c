"""How does a higher room hear of what happened below, without being imported? It registers here.

A listener runs inside the transaction that records the event; what it raises rolls everything back, so what is slow
only defers a job or sets a timer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servewell.apps.journal.events import Event
from servewell.apps.journal.floors import FLOORS, room_of, room_of_module


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the journal gave an event."""

    id: UUID  # UUIDv7
    seq: int | None  # number within the conversation, from 1: that is the order; None without a conversation
    occurred_at: datetime
    recorded_at: datetime


Listener = Callable[[Event, Recorded], None]
_listeners: dict[str, list[tuple[int, str, Listener]]] = {}


def listens(*names: str) -> Callable[[Listener], Listener]:
    """Register a room's function for events of lower floors, by name: `@listens("conversation.replied")`.

    ValueError when the event is not from below.
    """

    def register(listener: Listener) -> Listener:
        for name in names:
            _add(name, listener)
        return listener

    return register


def of(name: str) -> list[Listener]:
    """Return who listens to an event, lowest floor first."""
    return [listener for _, _, listener in _listeners.get(name, ())]


def rooms_listening(name: str) -> list[str]:
    """Return the rooms that listen to an event, lowest floor first."""
    return list(dict.fromkeys(room for _, room, _ in _listeners.get(name, ())))


def _add(name: str, listener: Listener) -> None:
    room = room_of_module(listener.__module__)
    if FLOORS[room_of(name)] >= FLOORS[room]:
        raise ValueError(f"{room} cannot listen to {name}: it is not from a lower floor")
    entries = _listeners.setdefault(name, [])
    if all(known is not listener for _, _, known in entries):
        entries.append((FLOORS[room], room, listener))
        entries.sort(key=lambda entry: entry[:2])

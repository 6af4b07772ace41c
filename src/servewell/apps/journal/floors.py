"""Which room stands on which floor? A room hears only of events from below."""

FLOORS = {
    "base": 0,
    "journal": 1,
    "people": 2,
    "customers": 2,
    "conversations": 3,
    "understanding": 4,
    "knowledge": 5,
    "promises": 5,
    "feedback": 5,
    "routing": 6,
    "flows": 7,
    "channels": 8,
    "webhooks": 8,
    "insight": 9,
    "rehearsal": 10,
    "verdicts": 10,
    "guard": 10,
    "improvement": 11,
}


def room_of_module(module: str) -> str:
    """Return the room a module belongs to, from `servewell.apps.<room>...`; ValueError for code outside the rooms."""
    parts = module.split(".")
    if parts[:2] != ["servewell", "apps"] or len(parts) < 3 or parts[2] not in FLOORS:
        raise ValueError(f"{module} is in no room")
    return parts[2]


def room_of(event: str) -> str:
    """Return the room that owns an event, by its noun: `conversation.opened` is of `conversations`."""
    noun = event.partition(".")[0]
    for room in (noun, f"{noun}s"):
        if room in FLOORS:
            return room
    raise ValueError(f"no room has the noun {noun!r}")

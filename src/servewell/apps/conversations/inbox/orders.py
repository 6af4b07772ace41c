"""In which order? Each is what an index holds: see sql/0002_inbox.sql."""

from dataclasses import dataclass
from typing import Any

LATEST = "infinity"  # stands for a time that is not given: it comes last


@dataclass(frozen=True, slots=True)
class Key:
    """One value of an order."""

    sql: str  # over a row `c`, as the index has it
    kind: str  # PostgreSQL's name of its type


@dataclass(frozen=True, slots=True)
class Order:
    """By which values rows come, all ascending or all descending; together they are unique."""

    name: str
    keys: tuple[Key, ...]
    descending: bool = False

    @property
    def by(self) -> str:
        """Return what stands after ORDER BY over a row `c`."""
        return ", ".join(f"{key.sql}{self.way}" for key in self.keys)

    @property
    def by_place(self) -> str:
        """Return the same over the columns k0, k1, ... that a walk hands on."""
        return ", ".join(f"k{place}{self.way}" for place in range(len(self.keys)))

    @property
    def selected(self) -> str:
        """Return the keys as columns k0, k1, ..."""
        return ", ".join(f"{key.sql} as k{place}" for place, key in enumerate(self.keys))

    @property
    def way(self) -> str:
        """Return the direction of each key."""
        return " desc" if self.descending else ""

    def read_back(self, row: str) -> str:
        """Return the columns of `row` as a cursor keeps them: none instead of infinity."""
        return ", ".join(
            f"nullif({row}.k{place}, '{LATEST}')" if key.kind == "timestamptz" else f"{row}.k{place}"
            for place, key in enumerate(self.keys)
        )

    def values(self, place: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the values of a cursor as SQL compares them."""
        return tuple(
            LATEST if value is None and key.kind == "timestamptz" else value
            for key, value in zip(self.keys, place, strict=True)
        )


_ID = Key("c.id", "uuid")
_DUE = Key(f"coalesce(c.next_due_at, '{LATEST}')", "timestamptz")
WAITS = f"coalesce(c.waiting_since, '{LATEST}')"
_WAITING = Key(WAITS, "timestamptz")
_ACTIVITY = Key("c.last_message_at", "timestamptz")
_ALL = (
    Order("due", (_DUE, _WAITING, _ID)),  # what breaks a promise next, then who waits longest
    Order("newest", (_ACTIVITY, _ID), descending=True),
    Order("oldest", (_ACTIVITY, _ID)),
    Order("waiting", (_WAITING, _ID)),  # the customer who waits longest
    Order("priority", (Key("(-c.priority)", "integer"), _DUE, _ID)),
    Order("number", (Key("c.number", "bigint"),), descending=True),
    Order("snoozed", (Key("c.snoozed_until", "timestamptz"), _ID)),  # what wakes first
)
ORDERS = {order.name: order for order in _ALL}

"""Which rows does a list walk? One of four sets; each has indexes that hold its rows and no others."""

from dataclasses import dataclass

from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.orders import ORDERS, Order
from servewell.apps.conversations.models import ACTIVE, Status
from servewell.apps.conversations.refusals import OrderNotPossible

_ACTIVE = "c.status IN ('open', 'waiting_us', 'waiting_customer') AND c.merged_into_id IS NULL"


@dataclass(frozen=True, slots=True)
class Rows:
    """A set of conversations."""

    name: str
    sql: str  # condition over a row `c`, word for word as the indexes have it
    statuses: frozenset[str]  # what it holds
    orders: tuple[str, ...]  # in which it can be walked, the usual one first


INBOX = Rows(
    "inbox",
    f"{_ACTIVE} AND c.snoozed_until IS NULL",
    frozenset(ACTIVE),
    ("due", "newest", "oldest", "waiting", "priority", "number"),
)
SNOOZED = Rows("snoozed", f"{_ACTIVE} AND c.snoozed_until IS NOT NULL", frozenset(ACTIVE), ("snoozed",))
SOLVED = Rows(
    "solved", "c.status = 'solved' AND c.merged_into_id IS NULL", frozenset([Status.SOLVED]), ("newest", "oldest")
)
EVERY = Rows("every", "c.merged_into_id IS NULL", frozenset(Status), ("newest", "oldest"))


def chosen(filters: Filters) -> Rows:
    """Return the smallest set that holds what the filters ask for."""
    wanted = frozenset(filters.status) or INBOX.statuses
    if filters.snoozed == "only":
        return SNOOZED
    if filters.snoozed == "no" and wanted <= INBOX.statuses:
        return INBOX
    return SOLVED if wanted <= SOLVED.statuses else EVERY


def order_of(rows: Rows, name: str | None) -> Order:
    """Return the order of that name, or the set's usual one; OrderNotPossible where no index has it."""
    if name is not None and name not in rows.orders:
        raise OrderNotPossible(order=name, possible=", ".join(rows.orders))
    return ORDERS[name or rows.orders[0]]

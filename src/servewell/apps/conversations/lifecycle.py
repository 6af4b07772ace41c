"""What may follow what? The life of a conversation, and the way of a message, as two tables without a database.

A conversation begins open. While it is open or waiting for us the customer waits; once answered, we wait for the
customer. Solved is done unless the customer writes again or one of us takes it up again; closed is done for good, and
what the customer writes then begins a new conversation.
"""

from enum import StrEnum

from servewell.apps.conversations.models import Delivery, Status


class Happening(StrEnum):
    """What can move a conversation from one status to another."""

    CUSTOMER_WROTE = "customer_wrote"
    REPLIED = "replied"  # one of us wrote to the customer
    RETURNED = "returned"  # one of us says that it is new after all: only while nobody has answered
    TAKEN_UP = "taken_up"  # one of us says that the customer waits for us
    PUT_TO_CUSTOMER = "put_to_customer"  # one of us says that we wait for the customer
    SOLVED = "solved"
    CLOSED = "closed"  # by one of us, or by the customer who left
    TIME_PASSED = "time_passed"  # nobody wrote for some days after it was solved
    HELD = "held"  # a blocked customer wrote, or a program answered: kept, and put before nobody


_ALL_ACTIVE = (Status.OPEN, Status.WAITING_US, Status.WAITING_CUSTOMER)
_NEXT: dict[Happening, dict[Status, Status]] = {
    # The first message keeps it new; a later one asks for us again. Closed: absent, so a new conversation begins.
    Happening.CUSTOMER_WROTE: {
        Status.OPEN: Status.OPEN,
        Status.WAITING_US: Status.WAITING_US,
        Status.WAITING_CUSTOMER: Status.WAITING_US,
        Status.SOLVED: Status.WAITING_US,
    },
    # "You are welcome" after it was solved leaves it solved.
    Happening.REPLIED: dict.fromkeys(_ALL_ACTIVE, Status.WAITING_CUSTOMER) | {Status.SOLVED: Status.SOLVED},
    Happening.RETURNED: dict.fromkeys((*_ALL_ACTIVE, Status.SOLVED), Status.OPEN),
    Happening.TAKEN_UP: dict.fromkeys((*_ALL_ACTIVE, Status.SOLVED), Status.WAITING_US),
    Happening.PUT_TO_CUSTOMER: dict.fromkeys((*_ALL_ACTIVE, Status.SOLVED), Status.WAITING_CUSTOMER),
    Happening.SOLVED: dict.fromkeys((*_ALL_ACTIVE, Status.SOLVED), Status.SOLVED),
    Happening.CLOSED: dict.fromkeys(Status, Status.CLOSED),
    # What was taken up again in the meantime stays.
    Happening.TIME_PASSED: {Status.SOLVED: Status.CLOSED, Status.CLOSED: Status.CLOSED},
    Happening.HELD: {status: status for status in Status},
}
# What one of us asks for when they name a status.
MEANT = {
    Status.OPEN: Happening.RETURNED,
    Status.WAITING_US: Happening.TAKEN_UP,
    Status.WAITING_CUSTOMER: Happening.PUT_TO_CUSTOMER,
    Status.SOLVED: Happening.SOLVED,
    Status.CLOSED: Happening.CLOSED,
}
CUSTOMER_WAITS = frozenset({Status.OPEN, Status.WAITING_US})  # for us
DONE = frozenset({Status.SOLVED, Status.CLOSED})


def next_status(status: str, happening: Happening, *, answered: bool = False) -> Status | None:
    """Return the status after `happening`, or None where it cannot happen.

    `answered` says whether one of us has ever written to the customer: then nothing makes it new again.
    """
    if happening is Happening.RETURNED and answered and status != Status.OPEN:
        return None
    return _NEXT[happening].get(Status(status))


# A message we send. Receipts overtake each other: one that tells less than is known changes nothing.
_ONWARD: dict[Delivery, frozenset[Delivery]] = {
    Delivery.RECEIVED: frozenset(),  # came in: nothing can happen to it
    Delivery.NONE: frozenset(),  # a note
    Delivery.QUEUED: frozenset({Delivery.SENT, Delivery.DELIVERED, Delivery.READ, Delivery.FAILED}),
    Delivery.SENT: frozenset({Delivery.DELIVERED, Delivery.READ, Delivery.FAILED}),  # a mail may bounce later
    Delivery.DELIVERED: frozenset({Delivery.READ, Delivery.FAILED}),
    Delivery.READ: frozenset(),
    Delivery.FAILED: frozenset({Delivery.QUEUED, Delivery.SENT, Delivery.DELIVERED, Delivery.READ}),  # tried again
}


def goes_on(before: str, after: str) -> bool:
    """Does a message in the delivery state `before` go on to `after`? No: the report is old, or makes no sense."""
    return Delivery(after) in _ONWARD[Delivery(before)]

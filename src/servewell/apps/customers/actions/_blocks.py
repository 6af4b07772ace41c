"""How does a block hold through merges? It comes along with who had it, and leaves with them when that is undone."""

from collections.abc import Sequence
from itertools import pairwise

from servewell.apps.base import timers
from servewell.apps.customers.models import Customer

FIELDS = ("blocked_at", "blocked_until", "blocked_reason", "blocked_from")
TIMER = "customers.unblock"


def inherit(survivor: Customer, gone: Customer) -> None:
    """Let the survivor be blocked as the merged one is, unless they are anyway; saved by the caller."""
    if survivor.is_blocked or not gone.is_blocked:
        return
    put(survivor, gone)
    survivor.blocked_from = gone.id


def disinherit(chain: Sequence[Customer]) -> None:
    """Lift, from below upwards, the blocks that came with the first of the chain."""
    for below, above in pairwise(chain):
        if above.blocked_from != below.id:
            return
        put(above, Customer())
        above.blocked_from = None
        above.save(update_fields=FIELDS)


def put(customer: Customer, like: Customer) -> None:
    """Give a customer the block that another has, or none, with the timer that ends it; saved by the caller."""
    customer.blocked_at, customer.blocked_until = like.blocked_at, like.blocked_until
    customer.blocked_reason = like.blocked_reason
    if customer.blocked_until is None:
        timers.cancel(TIMER, customer.id)
    else:
        timers.set(TIMER, customer.id, customer.blocked_until)

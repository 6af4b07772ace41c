"""Whom do we not want to hear from? Until a moment, or until somebody lifts it; with the reason."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from servewell.apps.base import cleaning, clock, timers
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.customers import events
from servewell.apps.customers.actions import _blocks
from servewell.apps.customers.actions._shared import locked, note
from servewell.apps.customers.errors import BadCustomer
from servewell.apps.customers.models import REASON, Customer

LONGEST = timedelta(days=36_500)  # of a block with an end


@transaction.atomic
def block(principal: Principal, customer_id: UUID, reason: str, until: datetime | None = None) -> Customer:
    """Block a customer; who is blocked already gets the new reason and end. BadCustomer without a reason."""
    said = cleaning.short_line(reason, most=REASON + 1).text
    if not 0 < len(said) <= REASON:
        raise BadCustomer(field="reason", limit=REASON)
    if until is not None and not clock.now() < until < clock.now() + LONGEST:
        raise BadCustomer(field="until")
    customer = locked(customer_id)
    like = Customer(blocked_at=customer.blocked_at or clock.now(), blocked_until=until, blocked_reason=said)
    _save(customer, like)
    note(principal, events.BLOCKED, customer.id, limited=until is not None)
    return customer


@transaction.atomic
def unblock(principal: Principal, customer_id: UUID) -> Customer:
    """Lift a block; nothing happens to who has none."""
    customer = locked(customer_id)
    if customer.blocked_at is not None:
        _save(customer, Customer())
        note(principal, events.UNBLOCKED, customer.id, expired=False)
    return customer


@timers.handler(_blocks.TIMER)
def _expire(timer: timers.FiredTimer) -> None:
    """Lift the block of just this row: one that came with a merge has a timer of its own."""
    row = Customer.objects.select_for_update(no_key=True).filter(id=timer.subject).first()
    if row is not None and row.blocked_until is not None and row.blocked_until <= clock.now():
        _save(row, Customer())
        note(SYSTEM, events.UNBLOCKED, row.id, expired=True)


def _save(customer: Customer, like: Customer) -> None:
    _blocks.put(customer, like)
    customer.blocked_from = None
    customer.save(update_fields=_blocks.FIELDS)

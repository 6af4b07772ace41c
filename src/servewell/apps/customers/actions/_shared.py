"""What do the verbs share? How they lock, write identities and tell the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import F

from servewell.apps.base import clock, ids, statements
from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, facts
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.identities import MOST_CLAIMS, Read
from servewell.apps.customers.models import Customer
from servewell.apps.journal.actions import record_soon
from servewell.apps.journal.events import Actor, Event, EventType

SQL = statements.load(Path(__file__).parents[1] / "sql" / "statements.sql")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Somebody who may be the same customer."""

    customer: UUID  # who goes on
    kind: str  # of the identity that both have, or claim
    is_claim: bool  # one of the two only typed it


def note(
    principal: Principal, event: EventType, customer: UUID | None, *, team: UUID | None = None, **attributes: Any
) -> None:
    """Record what was done with a customer; with what is recorded next, where that is soon (`journal.together`)."""
    record_soon(Event(event.name, customer=customer, actor=Actor.of(principal), team=team, attributes=attributes))


def locked(customer_id: UUID) -> Customer:
    """Return the customer that goes on for `customer_id`, locked until the transaction ends; NoSuchCustomer."""
    (one,) = locked_all([customer_id])
    return one


def shape_alone() -> None:
    """Wait until nobody else joins, parts or erases families, and keep others waiting until the transaction ends."""
    statements.rows(SQL["shape_alone"], {})


def locked_all(customer_ids: Sequence[UUID]) -> list[Customer]:
    """Return who goes on for each of these, locked in the order of ids, so that two who lock cannot wait in a ring.

    Who was merged away between looking and locking is looked up again.
    """
    while True:
        roots = dict(Customer.objects.filter(id__in=customer_ids).values_list("id", "root_id"))
        if len(roots) != len(set(customer_ids)):
            raise NoSuchCustomer
        rows = {row.id: row for row in _lock(roots.values())}
        if rows.keys() == set(roots.values()):
            return [rows[roots[one]] for one in customer_ids]


def columns(reads: Sequence[Read], principal: Principal) -> dict[str, Any]:
    """Return identities as the arrays that the statements take."""
    return {
        "ids": [ids.new() for _ in reads],
        "kinds": [one.kind for one in reads],
        "sources": [one.source for one in reads],
        "values": [one.value for one in reads],
        "shown": [one.shown for one in reads],
        "raw": [one.is_raw for one in reads],
        "verified": [one.verified for one in reads],
        "claimed": [one.claimed for one in reads],
        "actor_kind": principal.kind,
        "actor": principal.id,
        "now": clock.now(),
    }


def claim_columns(claims: Sequence[Read]) -> dict[str, Any]:
    """Return claims as the arrays that the statements take."""
    return {
        "claim_ids": [ids.new() for _ in claims],
        "claim_kinds": [one.kind for one in claims],
        "claim_sources": [one.source for one in claims],
        "claim_values": [one.value for one in claims],
        "claim_shown": [one.shown for one in claims],
        "claim_raw": [one.is_raw for one in claims],
    }


def suggest(principal: Principal, chosen: UUID, others: Iterable[Doubt]) -> None:
    """Note that a customer who goes on may be one with others who do; what was noted before is not noted again.

    Of claims only as many as somebody can look through: typing an address again and again makes no work without end.
    """
    pairs = {
        (min(chosen, other.customer), max(chosen, other.customer)): other
        for other in sorted(others, key=lambda other: not other.is_claim)  # of two reasons the better one
        if other.customer != chosen
    }
    if not pairs:
        return
    values = {
        "ids": [ids.new() for _ in pairs],
        "ones": [one for one, _ in pairs],
        "others": [other for _, other in pairs],
        "kinds": [doubt.kind for doubt in pairs.values()],
        "claims": [doubt.is_claim for doubt in pairs.values()],
        "most": MOST_CLAIMS,
        "now": clock.now(),
    }
    for suggestion, kind in statements.rows(SQL["suggest"], values):
        note(principal, events.DOUBTED, chosen, suggestion=suggestion, kind=kind)


def touch(customer: Customer, *fields: str) -> None:
    """Save these fields of a locked customer as the next version."""
    customer.version, customer.changed_at = customer.version + 1, clock.now()
    recount(customer, *fields, "version", "changed_at")


def recount(customer: Customer, *fields: str) -> None:
    """Save these fields of a locked customer, with the completeness that follows from what is known now."""
    found = facts.completeness(customer)
    customer.completeness, customer.missing = found.percent, found.missing
    customer.save(update_fields=[*fields, "completeness", "missing"])


def _lock(roots: Iterable[UUID]) -> list[Customer]:
    wanted = Customer.objects.filter(id__in=set(roots), root_id=F("id")).order_by("id")
    return list(wanted.select_for_update(no_key=True))

"""How does a customer look outside? The forms of every answer about one; that one was shown is remembered here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from servewell.apps.base.principal import Principal
from servewell.apps.customers import facts, queries
from servewell.apps.customers.models import Claim, Customer, Identity
from servewell.apps.journal.actions import log_access


class IdentityOut(Schema):
    """What a customer is known by."""

    id: UUID
    kind: str
    source: str
    value: str  # what is compared
    shown: str  # as it was given
    is_raw: bool
    verified: bool
    bounced_at: datetime | None  # since when mail does not get there; null when it does, as far as we know
    bounce_code: str  # why: unknown | domain | disabled
    customer: UUID  # the row that has it: the customer, or one merged into them
    created_at: datetime
    last_seen_at: datetime


class ClaimOut(Schema):
    """What a customer only typed of themselves; nobody is found by it, and others may say the same."""

    id: UUID
    kind: str
    source: str
    value: str  # what is compared
    shown: str  # as it was typed
    is_raw: bool
    created_at: datetime


class Listed(Schema):
    """A customer in a list."""

    id: UUID
    name: str
    tier: str
    language: str
    blocked: bool
    completeness: int  # percent
    missing: list[str]
    identities: list[IdentityOut]
    version: int
    created_at: datetime
    changed_at: datetime


class Block(Schema):
    """Since when, until when and why a customer is blocked."""

    at: datetime
    until: datetime | None
    reason: str


class MergedOut(Schema):
    """A customer who goes on as another one."""

    id: UUID
    name: str
    into: UUID
    at: datetime


class ConsentOut(Schema):
    """Where a customer stands on a purpose."""

    purpose: str
    given: bool
    at: datetime | None  # null: nothing was decided, so it is not given
    source: str
    proof: str


class CustomerOut(Listed):
    """A customer, joined with all that were merged into them."""

    attributes: dict[str, Any]
    teams: list[UUID]
    block: Block | None
    merged: list[MergedOut]
    consents: list[ConsentOut]
    claims: list[ClaimOut]


def listed(customers: list[Customer]) -> list[dict[str, Any]]:
    """Return customers as lists show them; one query for all that is joined to them."""
    return [_listed(rows, known) for rows, known in queries.joined(customers).values()]


def whole(principal: Principal, customer: Customer) -> dict[str, Any]:
    """Return everything about a customer that goes on, and remember who saw it; six queries."""
    log_access(principal, "customer", customer.id, "customer.read")
    rows = facts.family_rows(customer)
    known = queries.identities_of([customer.id]).get(customer.id, [])
    return {
        **_listed(rows, known),
        "attributes": facts.joined_attributes(rows),
        "teams": customer.team_ids,
        "block": block(customer),
        "merged": [
            {"id": row.id, "name": row.name, "into": row.merged_into_id, "at": row.merged_at} for row in rows[1:]
        ],
        "consents": _consents(customer),
        "claims": [_claim(row) for row in queries.claims_of(customer.id)],
    }


def block(customer: Customer) -> dict[str, Any] | None:
    """Return the block that holds now."""
    if not customer.is_blocked:
        return None
    return {"at": customer.blocked_at, "until": customer.blocked_until, "reason": customer.blocked_reason}


def consents(principal: Principal, customer: Customer) -> list[dict[str, Any]]:
    """Return where a customer stands on every purpose, and remember who saw it."""
    log_access(principal, "customer", customer.id, "customer.consents")
    return _consents(customer)


def one_identity(principal: Principal, customer: Customer, row: Identity) -> dict[str, Any]:
    """Return an identity of a customer, and remember who saw it."""
    log_access(principal, "customer", customer.id, "customer.read")
    return identity(row)


def identity(row: Identity) -> dict[str, Any]:
    """Return an identity."""
    fields = ("id", "kind", "source", "value", "shown", "is_raw", "created_at", "last_seen_at")
    return {
        **{field: getattr(row, field) for field in fields},
        "verified": row.verified_at is not None,
        "bounced_at": row.bounced_at if row.bounces else None,
        "bounce_code": row.bounce_code if row.bounces else "",
        "customer": row.customer_id,
    }


def _claim(row: Claim) -> dict[str, Any]:
    fields = ("id", "kind", "source", "value", "shown", "is_raw", "created_at")
    return {field: getattr(row, field) for field in fields}


def _listed(rows: Sequence[Customer], known: list[Identity]) -> dict[str, Any]:
    customer = rows[0]
    fields = ("id", "tier", "completeness", "missing", "version", "created_at", "changed_at")
    return {
        **{field: getattr(customer, field) for field in fields},
        "name": facts.first(rows, "name"),
        "language": facts.first(rows, "language"),
        "blocked": customer.is_blocked,
        "identities": [identity(row) for row in known],
    }


def _consents(customer: Customer) -> list[dict[str, Any]]:
    return [
        {
            "purpose": one.purpose,
            "given": one.given,
            "at": one.at,
            "source": one.row.source if one.row else "",
            "proof": one.row.proof if one.row else "",
        }
        for one in queries.consents(customer.id)
    ]

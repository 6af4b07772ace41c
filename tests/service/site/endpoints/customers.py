"""Customers: lists, one of them, what is known of them and what is done with them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests import build
from tests.service.site.endpoints import NO_ONE, Whose

from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import actions
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Claim, Customer, Suggestion

ONE = "/customers/{customer}"
NEW = {"name": "Lin", "identities": [{"kind": "phone", "value": "+86 138 0013 8000"}]}
SAID = {"purpose": "survey", "given": True, "source": "form"}
TERM = {"name_zh": "一级", "name_en": "First"}
ENDPOINTS = [
    ("GET", "/customers", "customers.read", None),
    ("POST", "/customers", "customers.write+customers.read", NEW),
    ("GET", ONE, "customers.read", None),
    ("PATCH", ONE, "customers.write+customers.read", {"version": 1, "tier": "gold"}),
    ("DELETE", ONE, "customers.erase", None),
    ("GET", f"{ONE}/export", "customers.export", None),
    ("GET", f"{ONE}/timeline", "customers.read", None),
    ("PUT", f"{ONE}/block", "customers.write+customers.read", {"reason": "threats"}),
    ("DELETE", f"{ONE}/block", "customers.write+customers.read", None),
    (
        "POST",
        f"{ONE}/identities",
        "customers.write+customers.read",
        {"kind": "external", "source": "shop", "value": "42"},
    ),
    ("DELETE", f"{ONE}/identities/{{identity}}", "customers.write", None),
    ("POST", f"{ONE}/identities/{{identity}}/verify", "customers.write+customers.read", None),
    ("POST", f"{ONE}/claims/{{claim}}/accept", "customers.write+customers.read", None),
    ("DELETE", f"{ONE}/claims/{{claim}}", "customers.write", None),
    ("GET", f"{ONE}/consents", "customers.read", None),
    ("POST", f"{ONE}/consents", "customers.write+customers.read", SAID),
    ("POST", f"{ONE}/merge", "customers.write+customers.read", {"into": "{survivor}"}),
    ("POST", f"{ONE}/unmerge", "customers.write+customers.read", None),
    ("GET", "/customers/suggestions", "customers.read", None),
    ("POST", "/customers/suggestions/{suggestion}/dismiss", "customers.write+customers.read", None),
    ("GET", f"/customers/erasures/{NO_ONE}", "customers.export", None),
    ("POST", "/customers/erasures/verify", "customers.export", {"kind": "email", "value": "wang@example.com"}),
    ("GET", "/customers/terms/tier", "customers.read", None),
    ("PUT", "/customers/terms/tier/first", "settings.manage", TERM),
    ("PUT", "/customers/terms/tier/gold/archived", "settings.manage", {"archived": True}),
]


def customer(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """Whom a team had contact with; nobody owns a customer."""
    if whose.team is None:
        return None
    met = build.customer()
    actions.meet(SYSTEM, met.id, whose.team.id)
    return met.id


def identity(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """One that the customer is known by."""
    if made["customer"] is None:
        return None
    number = Customer.objects.count()
    return actions.add_identity(SYSTEM, made["customer"], Identity("email", f"i{number}@example.com")).id


def claim(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """What the customer only typed."""
    if made["customer"] is None:
        return None
    value = f"c{Customer.objects.count()}@example.com"
    return Claim.objects.create(customer_id=made["customer"], kind="email", value=value, shown=value).id


def suggestion(whose: Whose, made: dict[str, Any]) -> UUID | None:
    """Two customers of the team that may be one."""
    one, other = (customer(whose, made) for _ in range(2))
    if one is None or other is None:
        return None
    pair = {"one_id": min(one, other), "other_id": max(one, other)}
    return Suggestion.objects.create(**pair, kind="email", found_at=datetime(2026, 3, 1, tzinfo=UTC)).id


MAKERS = {"customer": customer, "identity": identity, "claim": claim, "suggestion": suggestion, "survivor": customer}
REFUSALS = {
    *("customers-no-such-customer", "customers-no-such-survivor", "customers-no-such-suggestion"),
    *("customers-no-such-identity", "customers-no-such-claim"),
}
PARTS = {"identity", "claim"}

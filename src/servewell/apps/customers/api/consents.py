"""What a customer agreed to."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import AwareDatetime

from servewell.apps.customers import actions, queries
from servewell.apps.customers.api import changing, shown
from servewell.apps.customers.api.routes import router
from servewell.apps.customers.api.shown import ConsentOut
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting


class NewConsent(Schema):
    """A decision of the customer: given or withdrawn, when, where, and what shows it."""

    purpose: str
    given: bool
    source: str
    at: AwareDatetime | None = None
    proof: str = ""


@router.get("/{customer_id}/consents", response=list[ConsentOut])
def list_consents(request: HttpRequest, customer_id: UUID) -> list[dict[str, Any]]:
    """Read where a customer stands on every purpose; what was never decided is not given."""
    principal = acting(request)
    permissions.demand(principal, "customers.read")
    found = queries.reached(principal, customer_id)
    return shown.consents(principal, found)


@router.post("/{customer_id}/consents", response=list[ConsentOut])
def add_consent(request: HttpRequest, customer_id: UUID, body: NewConsent) -> list[dict[str, Any]]:
    """Write down what a customer decided; earlier decisions are kept, the latest counts."""
    principal = changing.writer(request)
    found = changing.reached(principal, customer_id)
    actions.decide(principal, found.id, **body.model_dump())
    return shown.consents(principal, found)

"""What a customer is known by: added, taken away, proven; and what was only claimed: accepted, taken away."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema, Status

from servewell.apps.customers import actions, queries
from servewell.apps.customers.api import changing, shown
from servewell.apps.customers.api.routes import router
from servewell.apps.customers.api.shown import IdentityOut
from servewell.apps.customers.identities import Identity
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting


class NewIdentity(Schema):
    """An identity as somebody wrote it."""

    kind: str
    value: str
    source: str = ""
    verified: bool = False

    def given(self) -> Identity:
        """Return it as the room knows it."""
        return Identity(self.kind, self.value, self.source, self.verified)


@router.post("/{customer_id}/identities", response={201: IdentityOut})
def add_identity(request: HttpRequest, customer_id: UUID, body: NewIdentity) -> Status[dict[str, Any]]:
    """Give a customer an identity; 409 when another customer has it."""
    principal = changing.writer(request)
    found = changing.reached(principal, customer_id)
    return Status(201, shown.one_identity(principal, found, actions.add_identity(principal, found.id, body.given())))


@router.delete("/{customer_id}/identities/{identity_id}", response={204: None})
def remove_identity(request: HttpRequest, customer_id: UUID, identity_id: UUID) -> None:
    """Take an identity from a customer."""
    principal = acting(request)
    permissions.demand(principal, "customers.write")
    found = queries.reached(principal, customer_id, "customers.write")
    actions.remove_identity(principal, found.id, identity_id)


@router.post("/{customer_id}/identities/{identity_id}/verify", response=IdentityOut)
def verify_identity(request: HttpRequest, customer_id: UUID, identity_id: UUID) -> dict[str, Any]:
    """Note that an identity is proven to be this customer's."""
    principal = changing.writer(request)
    found = changing.reached(principal, customer_id)
    return shown.one_identity(principal, found, actions.verify_identity(principal, found.id, identity_id))


@router.post("/{customer_id}/claims/{claim_id}/accept", response={201: IdentityOut})
def accept_claim(request: HttpRequest, customer_id: UUID, claim_id: UUID) -> Status[dict[str, Any]]:
    """Take what a customer only claimed for theirs; 409 when another customer has it."""
    principal = changing.writer(request)
    found = changing.reached(principal, customer_id)
    return Status(201, shown.one_identity(principal, found, actions.accept_claim(principal, found.id, claim_id)))


@router.delete("/{customer_id}/claims/{claim_id}", response={204: None})
def remove_claim(request: HttpRequest, customer_id: UUID, claim_id: UUID) -> None:
    """Take a claim from a customer."""
    principal = acting(request)
    permissions.demand(principal, "customers.write")
    found = queries.reached(principal, customer_id, "customers.write")
    actions.remove_claim(principal, found.id, claim_id)

"""Who may change a customer? Whoever may write and also read: the answer shows what is there."""

from uuid import UUID

from django.http import HttpRequest

from servewell.apps.base.principal import Principal
from servewell.apps.customers import queries
from servewell.apps.customers.models import Customer
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

VERBS = ("customers.write", "customers.read")


def writer(request: HttpRequest) -> Principal:
    """Return who asks, if they may both write and read customers; NotAllowed."""
    principal = acting(request)
    for verb in VERBS:
        permissions.demand(principal, verb)
    return principal


def reached(principal: Principal, customer_id: UUID) -> Customer:
    """Return the customer that goes on for an id, if both verbs reach them; NoSuchCustomer."""
    queries.reached(principal, customer_id, VERBS[0])
    return queries.reached(principal, customer_id, VERBS[1])

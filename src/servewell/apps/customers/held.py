"""What does this room itself hold about a customer?"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q, QuerySet

from servewell.apps.customers import holdings
from servewell.apps.customers.holdings import Family, Holder, Record
from servewell.apps.customers.models import Claim, Consent, Customer, Identity, Suggestion
from servewell.apps.journal.models import Event

_INNER = {"name_key", "root_id", "met_team_ids", "customer_id", "recorded_by", "added_by", "decided_by"}


def records(family: Family) -> Iterator[Record]:
    """Yield the rows of this room, and what the journal remembers of the person outside of conversations."""
    for section, rows in _rows(family).items():
        for row in rows.order_by("pk"):
            yield section, _plain(row)
    events = Event.objects.filter(conversation=None, customer__in=list(family)).order_by("occurred_at", "id")
    for event in events.iterator():
        yield "events", {"at": event.occurred_at, "event": event.activity, "by": event.actor_kind}


def count(family: Family) -> int:
    """Return how many rows an erasure takes away here."""
    return sum(rows.count() for rows in _rows(family).values())


def _rows(family: Family) -> dict[str, QuerySet[Any]]:
    ids = list(family)
    return {
        "customers": Customer.objects.filter(id__in=ids),
        "identities": Identity.objects.filter(customer__in=ids),
        "claims": Claim.objects.filter(customer__in=ids),
        "consents": Consent.objects.filter(customer__in=ids),
        "suggestions": Suggestion.objects.filter(Q(one__in=ids) | Q(other__in=ids)),
    }


def _plain(row: Model) -> dict[str, Any]:
    fields = [field.attname for field in row._meta.concrete_fields]
    return {field: getattr(row, field) for field in fields if field not in _INNER}


holdings.register(Holder("customers", records=records, count=count))

"""What is known of a customer, joined over all that were merged into them? Read here, once, for everybody who asks.

The survivor's word counts; what a merged one said is used where the survivor says nothing. Of consents the latest
decision counts, whoever of the family it was written to: it is one person's.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from servewell.apps.base import settings, statements
from servewell.apps.customers import completeness as figures
from servewell.apps.customers import terms
from servewell.apps.customers.models import Consent, Customer, Identity

# What the house wants to know, at once: each new customer asks for it.
_DEMANDS = """
    select array(select code from customers_attribute where required and archived_at is null order by position, code),
        (select value::text from base_setting where name = 'customers.weights')
"""


def demands() -> figures.Demands:
    """Return what the house wants to know: one query."""
    ((required, weights),) = statements.prepared(_DEMANDS, {})
    return demands_of(required, weights)


def demands_of(required: Iterable[str], weights: str | None) -> figures.Demands:
    """Return the same, of what a statement read beside other things: keys, and the setting as it is stored."""
    return figures.Demands(figures.weights(settings.from_stored("customers.weights", weights)), tuple(required))


def completeness(customer: Customer) -> figures.Completeness:
    """Return how much is known of a customer that goes on; unsaved changes of the row itself count."""
    ((_, found),) = completeness_of_all([customer], demands())
    return found


def completeness_of_all(
    customers: Sequence[Customer], wanted: figures.Demands
) -> list[tuple[Customer, figures.Completeness]]:
    """Return how much is known of each of these, who go on: three queries however many they are."""
    roots = [customer.id for customer in customers]
    known: dict[UUID, list[tuple[str, Any]]] = defaultdict(list)
    rows = families(customers)
    identities = Identity.objects.filter(customer__root_id__in=roots, is_raw=False)
    for root, kind, proven in identities.values_list("customer__root_id", "kind", "verified_at"):
        known[root].append((kind, proven))
    decided = set(Consent.objects.filter(customer__root_id__in=roots).values_list("customer__root_id", flat=True))
    return [(one, figures.of(_facts(rows[one.id], known[one.id], one.id in decided), wanted)) for one in customers]


def of_new(
    customer: Customer, kinds: list[tuple[str, bool]], wanted: figures.Demands | None = None
) -> figures.Completeness:
    """Return how much is known of somebody who is just being written: one query where `wanted` is not known."""
    return figures.of(_facts([customer], kinds, decided=False), wanted or demands())


def family_rows(customer: Customer) -> list[Customer]:
    """Return the rows that are one customer: the one that goes on, then those merged into it, latest merge first."""
    rows = list(Customer.objects.filter(root_id=customer.root_id))
    merged = [row for row in rows if row.id != row.root_id]
    return [row for row in rows if row.id == row.root_id] + latest_first(merged)


def families(customers: Sequence[Customer]) -> dict[UUID, list[Customer]]:
    """Return for each of these, who go on, the rows that are one customer with them, as `family_rows`; one query."""
    merged: dict[UUID, list[Customer]] = defaultdict(list)
    roots = [customer.id for customer in customers]
    for row in Customer.objects.filter(root_id__in=roots).exclude(id__in=roots):
        merged[row.root_id].append(row)
    return {one.id: [one, *latest_first(merged[one.id])] for one in customers}


def joined_attributes(rows: Sequence[Customer]) -> dict[str, Any]:
    """Return each attribute as the first of the rows that has it says it."""
    joined: dict[str, Any] = {}
    for row in rows:
        joined = {**{key: value for key, value in row.attributes.items() if value is not None}, **joined}
    return joined


def first(rows: Sequence[Customer], field: str) -> str:
    """Return a field as the first of the rows that has it says it."""
    return next((value for row in rows if (value := getattr(row, field))), "")


def latest_first(rows: Iterable[Customer]) -> list[Customer]:
    """Return merged customers, the latest merge first."""
    return sorted(rows, key=lambda row: (row.merged_at, row.id), reverse=True)


def _facts(rows: Sequence[Customer], known: Sequence[tuple[str, Any]], decided: bool) -> figures.Facts:
    return figures.Facts(
        name=first(rows, "name"),
        language=first(rows, "language"),
        tier_chosen=rows[0].tier != terms.DEFAULT_TIER,
        attributes=joined_attributes(rows),
        kinds={kind for kind, _ in known},
        verified={kind for kind, proven in known if proven},
        decided=decided,
    )

"""What is known of a customer, joined over all that were merged into them? Read here, once, for everybody who asks.

The survivor's word counts; what a merged one said is used where the survivor says nothing. Of consents the latest
decision counts, whoever of the family it was written to: it is one person's.
"""

from collections.abc import Sequence
from typing import Any

from servewell.apps.base import settings
from servewell.apps.customers import completeness as figures
from servewell.apps.customers import terms
from servewell.apps.customers.models import Attribute, Consent, Customer, Identity


def demands() -> figures.Demands:
    """Return what the house wants to know: two queries."""
    required = Attribute.objects.filter(required=True, archived_at=None).values_list("code", flat=True)
    return figures.Demands(figures.weights(settings.get("customers.weights")), tuple(required))


def completeness(customer: Customer, wanted: figures.Demands | None = None) -> figures.Completeness:
    """Return how much is known of a customer that goes on; unsaved changes of the row itself count."""
    others = [row for row in family_rows(customer) if row.id != customer.id]
    known = list(
        Identity.objects.filter(customer__root_id=customer.id, is_raw=False).values_list("kind", "verified_at")
    )
    decided = Consent.objects.filter(customer__root_id=customer.id).exists()
    return figures.of(_facts([customer, *others], known, decided), wanted or demands())


def of_new(name: str, language: str, attributes: dict[str, Any], tier: str, kinds: list[tuple[str, bool]]) -> Any:
    """Return how much is known of somebody who is just being written: two queries."""
    customer = Customer(name=name, language=language, tier=tier, attributes=attributes)
    return figures.of(_facts([customer], kinds, decided=False), demands())


def family_rows(customer: Customer) -> list[Customer]:
    """Return the rows that are one customer: the one that goes on, then those merged into it, latest merge first."""
    rows = Customer.objects.filter(root_id=customer.root_id)
    return sorted(
        rows, key=lambda row: (row.id != customer.root_id, -(row.merged_at.timestamp() if row.merged_at else 0))
    )


def joined_attributes(rows: Sequence[Customer]) -> dict[str, Any]:
    """Return each attribute as the first of the rows that has it says it."""
    joined: dict[str, Any] = {}
    for row in rows:
        joined = {**{key: value for key, value in row.attributes.items() if value is not None}, **joined}
    return joined


def first(rows: Sequence[Customer], field: str) -> str:
    """Return a field as the first of the rows that has it says it."""
    return next((value for row in rows if (value := getattr(row, field))), "")


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

"""What do others ask about customers?"""

from uuid import UUID

from django.db.models import QuerySet

from servewell.apps.base.principal import Principal
from servewell.apps.customers import facts
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.models import Customer, Identity
from servewell.apps.people import permissions


def resolve(customer_id: UUID) -> UUID:
    """Return who goes on for a customer: themselves unless merged into another; NoSuchCustomer."""
    root: UUID | None = Customer.objects.filter(pk=customer_id).values_list("root_id", flat=True).first()
    if root is None:
        raise NoSuchCustomer
    return root


def family(customer_id: UUID) -> list[UUID]:
    """Return the ids of all rows that are one customer with `customer_id`, the one that goes on first; one query."""
    same = Customer.objects.filter(root_id__in=Customer.objects.filter(pk=customer_id).values("root_id"))
    rows = list(same.values_list("id", "root_id"))
    if not rows:
        raise NoSuchCustomer
    return sorted((id_ for id_, _ in rows), key=lambda id_: (id_ != rows[0][1], id_))


def visible_to(principal: Principal | None, verb: str = "customers.read") -> QuerySet[Customer]:
    """Return the customers that go on and that `verb` reaches for `principal`."""
    rows = Customer.objects.filter(merged_into=None)
    return permissions.narrow(rows, principal, verb, owner="", team="", teams="team_ids")


def searchable(customer_id: UUID) -> str:
    """Return what a full-text search finds a customer by, one piece a line: names, identities, attributes in words.

    Of the whole family; NoSuchCustomer. Changes with every `customer.*` event.
    """
    root = Customer.objects.get(pk=resolve(customer_id))
    rows = facts.family_rows(root)
    shown = Identity.objects.filter(customer__root_id=root.id).order_by("kind", "value").values_list("shown", flat=True)
    values = [text for row in rows for text in _words(row.attributes)]
    return "\n".join(dict.fromkeys(text for text in (*(row.name for row in rows), *shown, *values) if text))


def _words(attributes: dict[str, object]) -> list[str]:
    return [
        str(one)
        for _, value in sorted(attributes.items())
        for one in (value if isinstance(value, list) else [value])
        if one is not None and not isinstance(one, bool)
    ]

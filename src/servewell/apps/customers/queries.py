"""What do others ask about customers?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from servewell.apps.base.principal import Principal
from servewell.apps.customers import events, facts, terms
from servewell.apps.customers.errors import NoSuchCustomer, NoSuchSuggestion
from servewell.apps.customers.identities import Read
from servewell.apps.customers.models import Claim, Consent, Customer, Identity, Purpose, Suggestion
from servewell.apps.journal.models import Event
from servewell.apps.people import permissions


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a customer stands on a purpose."""

    term: Purpose
    given: bool
    row: Consent | None  # the decision that counts; None: nothing was decided

    @property
    def purpose(self) -> str:
        """The purpose's code."""
        return self.term.code

    @property
    def at(self) -> datetime | None:
        """When it was decided."""
        return self.row.at if self.row else None


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


def reached(principal: Principal, customer_id: UUID, verb: str = "customers.read") -> Customer:
    """Return the customer that goes on for an id, if `verb` reaches them for `principal`; NoSuchCustomer."""
    found = _reached(principal, customer_id, verb).first()
    if found is None:
        raise NoSuchCustomer
    return found


def reaches(principal: Principal, customer_id: UUID, verb: str = "customers.read") -> bool:
    """Does `verb` reach the customer that goes on for an id?"""
    return _reached(principal, customer_id, verb).exists()


def identities_of(roots: Iterable[UUID]) -> dict[UUID, list[Identity]]:
    """Return the identities of families by who goes on, surest kinds first; one query."""
    found: dict[UUID, list[Identity]] = defaultdict(list)
    rows = Identity.objects.filter(customer__root_id__in=list(roots)).select_related("customer")
    for row in sorted(rows, key=_surest_first):
        found[row.customer.root_id].append(row)
    return found


def claims_of(root: UUID) -> list[Claim]:
    """Return what a customer who goes on, or one merged into them, only claims; not what they are known by anyway."""
    rows = Claim.objects.filter(customer__root_id=root)
    same = {field: OuterRef(field) for field in ("kind", "source", "value")}
    rows = rows.exclude(Exists(Identity.objects.filter(customer__root_id=root, **same)))
    return list(rows.order_by("kind", "source", "value", "id").distinct("kind", "source", "value"))


def joined(customers: Sequence[Customer]) -> dict[UUID, tuple[list[Customer], list[Identity]]]:
    """Return what a list shows of customers that go on: the rows that are one with each, and identities; one query.

    Of rows merged into them only what the list needs (name, language, merged_at) is there.
    """
    merged: dict[UUID, dict[UUID, Customer]] = defaultdict(dict)
    known: dict[UUID, list[Identity]] = defaultdict(list)
    roots = [customer.id for customer in customers]
    shown = ("root_id", "id", "name", "language", "merged_at", *(f"identities__{field}" for field in _IDENTITY))
    for root, id_, name, language, at, *identity in Customer.objects.filter(root_id__in=roots).values_list(*shown):
        if id_ != root:
            merged[root][id_] = Customer(id=id_, name=name, language=language, merged_at=at)
        if identity[0] is not None:
            known[root].append(Identity(customer_id=id_, **dict(zip(_IDENTITY, identity, strict=True))))
    return {
        one.id: ([one, *facts.latest_first(merged[one.id].values())], sorted(known[one.id], key=_surest_first))
        for one in customers
    }


def bounce_of(address: str) -> str:
    """Return why mail does not reach an address (as it compares), of models.BOUNCES; empty when it does, or may."""
    row = Identity.objects.filter(kind=Identity.Kind.EMAIL, source="", value=address).first()
    return row.bounce_code if row is not None and row.bounces else ""


def suggestions(principal: Principal, after: UUID | None, count: int) -> list[Suggestion]:
    """Return open suggestions whose two customers `principal` both reaches, newest first."""
    rows = Suggestion.objects.filter(state=Suggestion.State.OPEN).select_related("one", "other")
    seen = visible_to(principal).order_by().values("id")
    rows = rows.filter(one__root_id__in=seen, other__root_id__in=seen)
    return list((rows.filter(id__lt=after) if after else rows).order_by("-id")[:count])


def suggestion(principal: Principal, suggestion_id: UUID, verb: str) -> Suggestion:
    """Return a suggestion if `verb` reaches both its customers for `principal`; NoSuchSuggestion."""
    seen = visible_to(principal, verb).order_by().values("id")
    rows = Suggestion.objects.filter(one__root_id__in=seen, other__root_id__in=seen)
    found = rows.select_related("one", "other").filter(id=suggestion_id).first()
    if found is None:
        raise NoSuchSuggestion
    return found


def owner_of(principal: Principal, given: Sequence[Read]) -> dict[str, str]:
    """Return `customer`, the id of who has the first taken identity, if `principal` reaches them; else nothing."""
    for one in given:
        owned = Identity.objects.filter(kind=one.kind, source=one.source, value=one.value)
        root = owned.values_list("customer__root_id", flat=True).first()
        if root is not None and visible_to(principal).filter(id=root).exists():
            return {"customer": str(root)}
    return {}


def changed_since(customer_id: UUID, version: int) -> list[str]:
    """Return the fields that were changed after a version, in the order of `events.FIELDS`."""
    rows = Event.objects.filter(conversation=None, customer=customer_id, activity=events.CHANGED.name)
    noted = rows.filter(attributes__version__gt=version).values_list("attributes__fields", flat=True)
    changed = {field for fields in noted for field in fields}
    return [field for field in events.FIELDS if field in changed]


def consents(customer_id: UUID) -> list[Decision]:
    """Return where a customer stands on every purpose: their latest decision, not given where there is none.

    Of two decisions at one moment the withdrawal counts. Archived purposes are listed where something was decided.
    Two queries.
    """
    own = Customer.objects.filter(pk=customer_id).order_by().values("root_id")
    rows = Consent.objects.filter(customer__root_id__in=own).order_by("at", "-given", "id")
    latest = {row.purpose: row for row in rows}
    return [
        Decision(purpose, row.given if row else False, row)
        for purpose in terms.purposes()
        if (row := latest.get(purpose.code)) is not None or purpose.archived_at is None
    ]


def may(customer_id: UUID, purpose: str) -> bool:
    """Has this customer agreed to a purpose (code), and not withdrawn?"""
    return any(one.given for one in consents(customer_id) if one.term.code == purpose)


def searchable(customer_id: UUID) -> str:
    """Return what a full-text search finds a customer by, one piece a line: names, identities, attributes in words.

    Of the whole family; NoSuchCustomer. Changes with every `customer.*` event.
    """
    root = Customer.objects.get(pk=resolve(customer_id))
    rows = facts.family_rows(root)
    shown = Identity.objects.filter(customer__root_id=root.id).order_by("kind", "value").values_list("shown", flat=True)
    values = [text for row in rows for text in _words(row.attributes)]
    return "\n".join(dict.fromkeys(text for text in (*(row.name for row in rows), *shown, *values) if text))


_IDENTITY = tuple(field.attname for field in Identity._meta.concrete_fields if field.attname != "customer_id")


def _surest_first(row: Identity) -> tuple[int, str]:
    return Identity.Kind.values.index(row.kind), row.value


def _reached(principal: Principal, customer_id: UUID, verb: str) -> QuerySet[Customer]:
    own = Customer.objects.filter(pk=customer_id).order_by().values("root_id")
    return visible_to(principal, verb).filter(pk__in=own)


def _words(attributes: dict[str, object]) -> list[str]:
    return [
        str(one)
        for _, value in sorted(attributes.items())
        for one in (value if isinstance(value, list) else [value])
        if one is not None and not isinstance(one, bool)
    ]

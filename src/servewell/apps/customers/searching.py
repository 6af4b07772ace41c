"""Which customers are meant? A page of those somebody may see, by the beginning of a name or identity, and filters."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from servewell.apps.base import cleaning, clock, settings, typed
from servewell.apps.base.principal import Principal
from servewell.apps.customers import identities, names, phones, queries
from servewell.apps.customers.errors import BadCustomer
from servewell.apps.customers.models import Claim, Customer, Identity

LONGEST = 200  # characters of a search
FEW = 5000  # finds that are cheaper to fetch than to wait for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; what is None or "" does not narrow it."""

    text: str = ""  # the beginning of a name or an identity
    tier: str | None = None
    blocked: bool | None = None  # at this moment
    incomplete: int | None = None  # known for less than so many percent
    identity: str | None = None  # kind of an identity they have


def page(principal: Principal, wanted: Wanted, after: UUID | None, count: int) -> list[Customer]:
    """Return up to `count` customers, newest first, behind one; one query, with a text two, with a number three.

    BadCustomer for a search that is too long. One that holds nothing to search by finds nothing.
    """
    rows = queries.visible_to(principal)
    for narrow in (_by_text, _by_tier, _by_block, _by_completeness, _by_identity):
        rows = narrow(rows, wanted)
    if after is not None:
        rows = rows.filter(id__lt=after)
    return list(rows.order_by("-id")[:count])


def _by_text(rows: QuerySet[Customer], wanted: Wanted) -> QuerySet[Customer]:
    """Also by what merged ones are called, and by what was only claimed.

    Few finds are looked up by their indexes and their rows fetched. When there are many, joining and sorting them all
    takes seconds (2 s for 200,000), but walking down from the newest customer meets a page of them soon.
    """
    if not wanted.text:
        return rows
    if len(wanted.text) > LONGEST:
        raise BadCustomer(field="search", limit=LONGEST)
    text = cleaning.short_line(wanted.text, most=LONGEST).text
    name, forms = names.folded(text), _forms(text, cache(lambda: str(settings.get("customers.region"))))
    named = Q(name_key__startswith=name) if name else Q(pk__in=())
    known = reduce(or_, (Q(value__startswith=form) for form in forms), Q(pk__in=()))
    found = _few(named, forms)
    if found is not None:
        return rows.filter(id__in=found)
    one = {"root_id__gte": OuterRef("id"), "root_id__lte": OuterRef("id")}  # `=` would be hashed: all finds, each time
    merged = Exists(Customer.objects.filter(named, **one).exclude(id=OuterRef("id")))
    own = {f"customer__{field}": value for field, value in one.items()}
    has, says = (Exists(model.objects.filter(known, **own)) for model in (Identity, Claim))
    return rows.filter(named | merged | has | says)


def _few(named: Q, forms: list[str]) -> set[UUID] | None:
    """Return who goes on for those that match, None when they are more than FEW; one query."""
    ways: list[Any] = [
        model.objects.filter(value__startswith=form).order_by().values_list("customer__root_id")[: FEW + 1]
        for model in (Identity, Claim)
        for form in forms
    ]
    ways.append(Customer.objects.filter(named).order_by().values_list("root_id")[: FEW + 1])
    found = list(ways[0].union(*ways[1:], all=True)[: FEW + 1]) if len(ways) > 1 else list(ways[0])
    return {root for (root,) in found} if len(found) <= FEW else None


def _forms(text: str, region: Callable[[], str]) -> list[str]:
    """Return what the value of an identity may begin with: as written, as it would be stored, the start of a number."""
    digits = [f"+{code}" for code in phones.beginnings(text, region)]
    return list(dict.fromkeys([*identities.searched(text, region), *digits]))


def _by_tier(rows: QuerySet[Customer], wanted: Wanted) -> QuerySet[Customer]:
    if wanted.tier is None:
        return rows
    return rows.filter(tier=wanted.tier) if typed.KEY.fullmatch(wanted.tier) else rows.none()


def _by_block(rows: QuerySet[Customer], wanted: Wanted) -> QuerySet[Customer]:
    if wanted.blocked is None:
        return rows
    holds = Q(blocked_at__isnull=False) & (Q(blocked_until=None) | Q(blocked_until__gt=clock.now()))
    return rows.filter(holds) if wanted.blocked else rows.exclude(holds)


def _by_completeness(rows: QuerySet[Customer], wanted: Wanted) -> QuerySet[Customer]:
    return rows if wanted.incomplete is None else rows.filter(completeness__lt=wanted.incomplete)


def _by_identity(rows: QuerySet[Customer], wanted: Wanted) -> QuerySet[Customer]:
    if wanted.identity is None:
        return rows
    return rows.filter(Exists(Identity.objects.filter(customer__root_id=OuterRef("id"), kind=wanted.identity)))

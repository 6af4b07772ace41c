"""Which customers are meant? A page of those somebody may see, by the beginning of a name or identity, and filters."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from servewell.apps.base import cleaning, clock, settings, typed
from servewell.apps.base.principal import Principal
from servewell.apps.customers import identities, names, phones, queries
from servewell.apps.customers.errors import BadCustomer
from servewell.apps.customers.models import Customer, Identity

LONGEST = 200  # characters of a search


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for; what is None or "" does not narrow it."""

    text: str = ""  # the beginning of a name or an identity
    tier: str | None = None
    blocked: bool | None = None  # at this moment
    incomplete: int | None = None  # known for less than so many percent
    identity: str | None = None  # kind of an identity they have


def page(principal: Principal, wanted: Wanted, after: UUID | None, count: int) -> list[Customer]:
    """Return up to `count` customers, newest first, behind one; one query, one more for the region of a number.

    BadCustomer for a search that is too long. One that holds nothing to search by finds nothing.
    """
    rows = queries.visible_to(principal)
    for narrow in (_by_text, _by_tier, _by_block, _by_completeness, _by_identity):
        rows = narrow(rows, wanted)
    if after is not None:
        rows = rows.filter(id__lt=after)
    return list(rows.order_by("-id")[:count])


def _by_text(rows: QuerySet[Customer], wanted: Wanted) -> QuerySet[Customer]:
    """Also by what merged ones are called; each way is its own indexed look-up, joined before rows are fetched."""
    if not wanted.text:
        return rows
    if len(wanted.text) > LONGEST:
        raise BadCustomer(field="search", limit=LONGEST)
    text = cleaning.short_line(wanted.text, most=LONGEST).text
    region = cache(lambda: str(settings.get("customers.region")))
    name = names.folded(text)
    found = Customer.objects.filter(name_key__startswith=name) if name else Customer.objects.none()
    known = Identity.objects.order_by().values("customer__root_id")
    ways: list[Any] = [known.filter(value__startswith=form) for form in _forms(text, region)]
    named = found.order_by().values("root_id")
    return rows.filter(id__in=named.union(*ways) if ways else named)


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

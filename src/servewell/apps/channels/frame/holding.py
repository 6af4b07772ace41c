"""What do we hold about a customer beside conversations? What came from them raw, as long as it is kept."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from servewell.apps.base import attachments
from servewell.apps.channels.frame.models import Arrival
from servewell.apps.customers import holdings
from servewell.apps.customers.holdings import Family, Holder, Record
from servewell.apps.customers.models import Identity

_SHOWN = ("id", "account_id", "state", "outcome", "about", "size", "arrived_at", "conversation_id", "message_id")
_AROUND = "[^[:alnum:].+_%@-]"  # what is no part of an address
_SHORTEST = 5  # characters of an address that is looked for in a line


def arrivals(family: Family) -> QuerySet[Arrival]:
    """Return what came from a customer, or in their conversations; what is set aside by the address in its line."""
    theirs = Q(customer_id__in=list(family)) | Q(author_id__in=list(family))
    return Arrival.objects.filter(theirs | _named(family))


def by_ids(ids: list[UUID]) -> QuerySet[Arrival]:
    """Return these arrivals."""
    return Arrival.objects.filter(pk__in=ids)


def records(family: Family) -> Iterator[Record]:
    """Yield what is known of each."""
    for row in arrivals(family).order_by("id").values(*_SHOWN).iterator():
        yield "arrivals", row


def count(family: Family) -> int:
    """Return how many an erasure takes away."""
    return arrivals(family).count()


def files(family: Family) -> list[UUID]:
    """Return their bytes as they came."""
    found = arrivals(family).exclude(raw=None).values_list("raw_id", flat=True)
    return [one for one in found if one is not None]


@attachments.used_by
def used() -> "QuerySet[Any]":
    """Return the files that arrivals are."""
    return Arrival.objects.exclude(raw=None).annotate(attachment_id=F("raw_id")).values("attachment_id")


def _named(family: Family) -> Q:
    """Of what nobody could read, that whose line names a mail address or number of theirs, whole: not a part of one."""
    mine = Identity.objects.filter(customer__in=list(family), kind__in=(Identity.Kind.EMAIL, Identity.Kind.PHONE))
    lines = Q(pk__in=())
    for address in {one for pair in mine.values_list("value", "shown") for one in pair if len(one) >= _SHORTEST}:
        lines |= Q(about__iregex=f"(^|{_AROUND}){re.escape(address)}($|{_AROUND})")
    return Q(state__in=(Arrival.State.ASIDE, Arrival.State.DISCARDED)) & lines


holdings.register(Holder("channels", records=records, count=count, files=files))

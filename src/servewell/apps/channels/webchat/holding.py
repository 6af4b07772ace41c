"""What do we hold about a customer who chatted? Their browsers: where they were, what their site signed of them."""

from collections.abc import Iterator

from django.db.models import QuerySet

from servewell.apps.channels.webchat import visitors as visitors_of
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.customers import holdings
from servewell.apps.customers.holdings import Family, Holder, Record

_SHOWN = (
    *("id", "account_id", "person", "signed", "typed", "language", "browser", "page_url", "page_title", "referrer"),
    *("conversation_id", "created_at", "seen_at"),
)


def visitors(family: Family) -> "QuerySet[Visitor]":
    """Return the browsers of a customer."""
    return visitors_of.of_customers(list(family))


def records(family: Family) -> Iterator[Record]:
    """Yield what is known of each."""
    for row in visitors(family).order_by("id").values(*_SHOWN).iterator():
        yield "visitors", row


def count(family: Family) -> int:
    """Return how many an erasure takes away."""
    return visitors(family).count()


holdings.register(Holder("channels", records=records, count=count, part="webchat"))

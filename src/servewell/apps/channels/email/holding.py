"""What do we hold about a customer who wrote mails? What stood on the envelopes, beside the messages themselves."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from servewell.apps.channels.email.models import Envelope
from servewell.apps.conversations.models import Author
from servewell.apps.customers import holdings
from servewell.apps.customers.holdings import Family, Holder, Record

_SHOWN = (
    *("message_id", "account", "recipient", "name", "references", "sender", "sender_name", "to", "cc", "reply_to"),
    *("subject", "auto", "verified"),
)


def envelopes(family: Family) -> "QuerySet[Envelope]":
    """Return those of the mails in a customer's conversations, and of what they wrote in those of others."""
    theirs = Q(message__conversation__customer__in=list(family))
    wrote = Q(message__author_kind=Author.CUSTOMER, message__author__in=list(family))
    return Envelope.objects.filter(theirs | wrote)


def records(family: Family) -> Iterator[Record]:
    """Yield what stood on each."""
    for row in envelopes(family).order_by("message_id").values(*_SHOWN).iterator():
        yield "mails", row


def count(family: Family) -> int:
    """Return how many an erasure takes away; each goes with its message."""
    return envelopes(family).count()


holdings.register(Holder("channels", records=records, count=count, part="email"))

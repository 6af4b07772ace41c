"""Who is behind a token?"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from servewell.apps.base import clock
from servewell.apps.base.models import Setting
from servewell.apps.channels.webchat import identity, sites, tokens
from servewell.apps.channels.webchat.errors import IdentityNeeded, NoVisitor
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers.models import Identity

LIMITS = {  # what is counted of a visitor in a minute: its setting
    "requests": "channels_webchat.requests_per_minute",
    "messages": "channels_webchat.messages_per_minute",
}


def by_token(site: UUID, token: str) -> Visitor:
    """Return the visitor with a token on a site, with the settings of LIMITS; NoVisitor, NoSuchSite."""
    found = None
    if token:
        limited = {limit: Subquery(Setting.objects.filter(name=name).values("value")) for limit, name in LIMITS.items()}
        mine = Visitor.objects.select_related("account__team").annotate(**limited)
        found = mine.filter(token=tokens.hashed(token), account_id=site, expires_at__gt=clock.now()).first()
    if found is None:
        sites.site(site)  # a site that is gone is told apart from a token that is
        raise NoVisitor
    sites.usable(found.account)
    _demand_proven(found)
    return found


def demand_identity(visitor: Visitor) -> None:
    """Raise IdentityNeeded where a site serves only those whom it signed; NoVisitor where that has ended."""
    if not visitor.is_identified and sites.option(visitor.account, "identity") == "required":
        raise NoVisitor if visitor.person else IdentityNeeded


def of_customers(customers: Collection[UUID]) -> "QuerySet[Visitor]":
    """Return all browsers of customers: also other devices of the same thread or signed person, though none wrote.

    One whose first message came in, but died before it was noted whose it is, is found by the customer's identities.
    """
    known = Identity.objects.filter(
        customer__in=list(customers), kind=Identity.Kind.VISITOR, source__startswith="chat:"
    )
    ids = [one for value in known.values_list("value", flat=True) if (one := _uuid(value))]
    talks = Conversation.objects.filter(customer__in=list(customers)).values("id")
    own = Q(customer_id__in=list(customers)) | Q(id__in=ids) | Q(conversation_id__in=talks)
    wanted = Q(pk__in=[])
    for account, thread, person in Visitor.objects.filter(own).values_list("account", "thread", "person"):
        wanted |= Q(account=account, thread=thread)
        wanted |= Q(account=account, person=person) if person else Q(pk__in=[])
    return Visitor.objects.filter(wanted)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _demand_proven(visitor: Visitor) -> None:
    """Raise NoVisitor for somebody signed by a secret that the site has taken back: nothing of them is shown on."""
    if visitor.person and not identity.is_proven(visitor.identity_mark, sites.identity_secrets(visitor.account)):
        raise NoVisitor

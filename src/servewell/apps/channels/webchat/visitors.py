"""Who is behind a token?"""

from uuid import UUID

from django.db.models import Subquery

from servewell.apps.base import clock
from servewell.apps.base.models import Setting
from servewell.apps.channels.webchat import sites, tokens
from servewell.apps.channels.webchat.errors import IdentityNeeded, NoVisitor
from servewell.apps.channels.webchat.models import Visitor

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
    return found


def demand_identity(visitor: Visitor) -> None:
    """Raise IdentityNeeded where a site serves only those whom it signed."""
    if not visitor.is_identified and sites.option(visitor.account, "identity") == "required":
        raise IdentityNeeded

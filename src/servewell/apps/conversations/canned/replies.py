"""Which canned replies may somebody use, and which is found by what they type?"""

from uuid import UUID

from django.db.models import Q, QuerySet

from servewell.apps.base import cleaning, texts
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.canned.refusals import NoSuchCanned
from servewell.apps.conversations.models import Conversation
from servewell.apps.conversations.models.canned import CannedReply
from servewell.apps.people import permissions

READ = "conversations.read"
LISTED = 100


def visible_to(principal: Principal) -> QuerySet[CannedReply]:
    """Return the canned replies `principal` may use: their own, their teams' and everybody's."""
    scope = permissions.scope_of(principal, READ)
    if scope is None:
        return CannedReply.objects.none()
    shared = Q(owner=None) if scope == permissions.ALL else Q(owner=None, team=None) | Q(team__in=principal.teams)
    return CannedReply.objects.filter(shared | Q(owner_id=principal.id) if principal.id else shared)


def reply(principal: Principal, canned_id: UUID) -> CannedReply:
    """Return one of them; NoSuchCanned."""
    found = visible_to(principal).filter(pk=canned_id).first()
    if found is None:
        raise NoSuchCanned
    return found


def found(principal: Principal, typed: str = "", *, archived: bool = False) -> list[CannedReply]:
    """Return up to 100 whose shortcut, or a word of whose title, begins with what was typed; by shortcut."""
    rows = visible_to(principal).filter(archived_at__isnull=not archived)
    begun = cleaning.short_line(typed, most=120).text.removeprefix("/").lower()
    if begun:
        rows = rows.filter(
            Q(shortcut__startswith=begun) | Q(title__istartswith=begun) | Q(title__icontains=f" {begun}")
        )
    return list(rows.order_by("shortcut", "id")[:LISTED])


def language_for(row: CannedReply, conversation: Conversation, wanted: str | None) -> str:
    """Return the language to use: the wanted one, else the conversation's, the customer's, or one that there is."""
    for tag in (wanted, conversation.language, conversation.customer.language):
        if tag and texts.nearest(tag) in row.texts:
            return texts.nearest(tag)
    return next((language for language in texts.LANGUAGES if language in row.texts), next(iter(row.texts)))

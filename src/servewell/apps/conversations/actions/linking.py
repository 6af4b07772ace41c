"""Which conversations have to do with each other?"""

from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, queries
from servewell.apps.conversations.actions._work import changing
from servewell.apps.conversations.errors import BadChange, LinkedToItself
from servewell.apps.conversations.models import Link, LinkKind


def link(principal: Principal, one: UUID, other: UUID, kind: str = LinkKind.RELATED) -> Link:
    """Say that `one` has to do with `other` (read from the first: `one` is a duplicate of `other`); once each.

    Who links must be able to read the other one. LinkedToItself, BadChange, NoSuchConversation.
    """
    if kind not in LinkKind.values:
        raise BadChange(what="kind")
    if one == other:
        raise LinkedToItself
    with changing(principal, one, merged=True, closed=True) as work:
        queries.conversation(principal, other)
        values = {"created_by": principal.id, "created_at": work.now}
        made, is_new = Link.objects.get_or_create(one_id=one, other_id=other, kind=kind, defaults=values)
        if is_new:
            work.tell(events.LINKED, other=other, kind=kind)
    return made


def unlink(principal: Principal, one: UUID, other: UUID, kind: str = LinkKind.RELATED) -> bool:
    """Take a link away; return whether there was one."""
    with changing(principal, one, merged=True, closed=True) as work:
        gone, _ = Link.objects.filter(one_id=one, other_id=other, kind=kind).delete()
        if gone:
            work.tell(events.UNLINKED, other=other, kind=kind)
    return gone > 0

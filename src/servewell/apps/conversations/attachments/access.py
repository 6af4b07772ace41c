"""Who may see a file, and make it part of a message?"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from servewell.apps.base import attachments
from servewell.apps.base.errors import AttachmentGone
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import queries
from servewell.apps.conversations.errors import NoSuchAttachment
from servewell.apps.conversations.models import MessageAttachment


@attachments.used_by
def of_messages() -> QuerySet[Any]:
    """Return the files that are part of messages: they are not forgotten."""
    return MessageAttachment.objects.all()


def readable(principal: Principal, attachment_id: UUID) -> Attachment:
    """Return a file that `principal` may see; AttachmentGone for others', as for none: an id must tell nothing.

    It may be seen by whoever may read a conversation with a message that carries it, or the one that this goes on in,
    and by who sent it while no message does.
    """
    found = attachments.row(attachment_id)
    if not _readable(principal, [found]):
        raise AttachmentGone
    return found


def demand_usable(principal: Principal, wanted: Iterable[UUID]) -> None:
    """Raise NoSuchAttachment unless `principal` may make all these files part of a message: those they may see.

    Otherwise whoever guessed an id could read a stranger's file by sending it.
    """
    ids = set(wanted)
    if not ids:
        return
    rows = list(Attachment.objects.filter(id__in=ids))
    if len(rows) != len(ids) or len(_readable(principal, rows)) != len(ids):
        raise NoSuchAttachment


def _readable(principal: Principal, rows: list[Attachment]) -> set[UUID]:
    if principal.kind == "system":
        return {row.id for row in rows}
    carried = MessageAttachment.objects.filter(attachment_id__in=[row.id for row in rows])
    seen = _within_reach(principal, carried)
    own = {row.id for row in rows if row.uploader is not None and row.uploader == principal.id}
    if own:
        own -= set(carried.filter(attachment_id__in=own).values_list("attachment_id", flat=True))
    return own | seen


def _within_reach(principal: Principal, carried: QuerySet[MessageAttachment]) -> set[UUID]:
    """Return the files of conversations that one may read; of one that was merged, where it goes on counts too."""
    places = carried.values_list("attachment_id", "message__conversation", "message__conversation__merged_into")
    onward: dict[UUID, set[UUID]] = {}
    for _, conversation, merged_into in places:
        onward[conversation] = {conversation} | ({queries.surviving(conversation).id} if merged_into else set())
    asked = {id_ for ids in onward.values() for id_ in ids}
    visible = set(queries.visible_to(principal).filter(id__in=asked).values_list("id", flat=True))
    return {attachment for attachment, conversation, _ in places if onward[conversation] & visible}

"""A customer is erased: what of theirs is here, and how does it go? Rows and files go, the journal's history stays."""

from uuid import UUID

from django.db import transaction

from servewell.apps.base import attachments
from servewell.apps.base.models import Timer
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import events, holding
from servewell.apps.conversations.actions import _shown
from servewell.apps.conversations.actions._steps import WAKE
from servewell.apps.conversations.actions._work import Work, write
from servewell.apps.conversations.models import Conversation, Message, MessageAttachment
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Event


@transaction.atomic
def erase_customer(customer_id: UUID) -> int:
    """Delete a customer's conversations, what they wrote in those of others, and the files of both; return how many.

    A conversation of somebody else that went on in one of theirs stands for itself again. A file that another
    customer's message carries too is kept.
    """
    family = [customer_id]
    theirs = list(holding.conversations(family).select_for_update().order_by("id"))
    messages = holding.messages(family)
    files = list(holding.files(family))
    elsewhere = set(messages.exclude(conversation__in=theirs).values_list("conversation_id", flat=True))
    elsewhere |= {one.merged_into_id for one in theirs if one.merged_into_id is not None}
    _let_go(theirs)
    counts = {"conversations": len(theirs), "messages": messages.count(), "files": len(files)}
    _delete(theirs, list(messages.values_list("id", flat=True)), files)
    for other in Conversation.objects.filter(id__in=elsewhere):
        Conversation.objects.filter(pk=other.pk).update(**_shown.columns(other))
    if any(counts.values()):
        record(Event(events.ERASED.name, attributes=counts))
    return sum(counts.values())


def _let_go(theirs: list[Conversation]) -> None:
    others = Conversation.objects.select_for_update().filter(merged_into__in=theirs)
    for other in others.exclude(id__in=[one.id for one in theirs]):
        work = Work(SYSTEM, other)
        work.tell(events.UNMERGED, into=other.merged_into_id)
        work.set(merged_into_id=None)
        write(work)


def _delete(theirs: list[Conversation], messages: list[UUID], files: list[UUID]) -> None:
    ids = [one.id for one in theirs]
    MessageAttachment.objects.filter(message__in=messages).delete()
    attachments.drop(files)  # their bytes too
    Message.objects.filter(id__in=messages).delete()
    Timer.objects.filter(kind=WAKE, subject__in=ids).delete()
    Conversation.objects.filter(id__in=ids).update(merged_into=None)
    Conversation.objects.filter(id__in=ids).delete()

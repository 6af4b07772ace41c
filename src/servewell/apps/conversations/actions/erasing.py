"""A customer is erased: what of theirs is here, and how does it go? Rows and files go, the journal's history stays."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from servewell.apps.base import attachments, statements
from servewell.apps.base.models import Timer
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import events, holding, queries
from servewell.apps.conversations.actions import _shown, _steps
from servewell.apps.conversations.actions._steps import WAKE
from servewell.apps.conversations.actions._work import Work, write
from servewell.apps.conversations.models import Conversation, Message, MessageAttachment
from servewell.apps.conversations.queries import SQL
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Event


@transaction.atomic
def erase_customer(customer_id: UUID) -> int:
    """Delete a customer's conversations, what they wrote in those of others, and the files of both; return how many.

    A conversation of somebody else that went on in one of theirs stands for itself again. A file that another
    customer's message carries too is kept. What of somebody else loses messages tells so, with its next version.
    """
    family = [customer_id]
    theirs, others = _locked(family)
    messages = holding.messages(family)
    where = Counter(messages.values_list("conversation_id", flat=True))
    files = list(holding.files(family))
    _let_go(theirs, others)
    touched = _touched(others, where)
    counts = {"conversations": len(theirs), "messages": where.total(), "files": len(files)}
    _delete(theirs, list(messages.values_list("id", flat=True)), files)
    for one in touched:
        _show(one)
    if any(counts.values()):
        record(Event(events.ERASED.name, attributes=counts))
    return sum(counts.values())


@dataclass(frozen=True, slots=True)
class _Touched:
    """A conversation of somebody else that loses messages, its own or of what was merged into it."""

    conversation: Conversation
    messages: int
    asked: datetime | None  # since when its customer waited for an answer


def _locked(family: list[UUID]) -> tuple[list[Conversation], list[Conversation]]:
    """Lock their conversations and all of others that what goes touches, in one order; again if more came meanwhile."""
    rows: list[Conversation] = []
    while True:
        wanted = {id_ for (id_,) in statements.rows(SQL["touched_by"], {"family": family})}
        if wanted <= {row.id for row in rows}:
            theirs = [row for row in rows if row.customer_id in family]
            return theirs, [row for row in rows if row.customer_id not in family]
        rows = list(Conversation.objects.select_for_update().filter(id__in=wanted).order_by("id"))


def _let_go(theirs: list[Conversation], others: list[Conversation]) -> None:
    gone = {one.id for one in theirs}
    for other in others:
        if other.merged_into_id in gone:
            work = Work(SYSTEM, other)
            work.tell(events.UNMERGED, into=other.merged_into_id)
            work.set(merged_into_id=None)
            write(work)


def _touched(others: list[Conversation], where: Counter[UUID]) -> list[_Touched]:
    lost = {other.id: sum(where[one] for one in queries.merged_here(other.id)) for other in others}
    return [_Touched(one, lost[one.id], _steps.asked_since(one)) for one in others if lost[one.id]]


def _show(touched: _Touched) -> None:
    """Let the row show what is left, and whose turn it is now."""
    work = Work(SYSTEM, touched.conversation)
    work.set(updated_at=work.now, **_shown.columns(touched.conversation))
    work.tell(events.MESSAGES_ERASED, messages=touched.messages)
    _steps.settle(work, touched.asked)
    write(work)


def _delete(theirs: list[Conversation], messages: list[UUID], files: list[UUID]) -> None:
    ids = [one.id for one in theirs]
    MessageAttachment.objects.filter(message__in=messages).delete()
    attachments.drop(files)  # their bytes too
    Message.objects.filter(id__in=messages).delete()
    Timer.objects.filter(kind=WAKE, subject__in=ids).delete()
    Conversation.objects.filter(id__in=ids).update(merged_into=None)
    Conversation.objects.filter(id__in=ids).delete()

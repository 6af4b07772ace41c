"""When is a conversation put off, and when does it end by itself?"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations import events, lifecycle
from servewell.apps.conversations.actions import _steps
from servewell.apps.conversations.actions._work import Work, changing, seconds, write
from servewell.apps.conversations.lifecycle import CUSTOMER_WAITS, Happening
from servewell.apps.conversations.models import Conversation, Status
from servewell.apps.journal.events import Actor

_BATCH = 100  # conversations that one transaction closes


def snooze(principal: Principal, conversation_id: UUID, until: datetime | None) -> Conversation:
    """Put a conversation off until a moment within a year; None brings it back now.

    It comes back by itself at that moment, or as soon as the customer writes; solving and closing end it too.
    BadSnooze.
    """
    with changing(principal, conversation_id) as work:
        _steps.put_snooze(work, until)
    return work.conversation


def wake(conversation_id: UUID) -> bool:
    """Bring back what was put off until now; what the timer calls. Return whether there was anything to do."""
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().filter(pk=conversation_id).first()
        if conversation is None or conversation.snoozed_until is None or conversation.snoozed_until > clock.now():
            return False  # erased, brought back or put off further in the meantime
        work = Work(SYSTEM, conversation)
        _steps.wake(work, "time")
        write(work)
    return True


def abandon(principal: Principal, conversation_id: UUID) -> Conversation:
    """The customer left while waiting for us (hung up, closed the window): the conversation is closed.

    One that does not wait for us is left as it is: then nobody gave up.
    """
    with changing(principal, conversation_id) as work:
        conversation = work.conversation
        if conversation.status in CUSTOMER_WAITS:
            work.actor = Actor("customer", conversation.customer_id)
            waited = seconds(conversation.waiting_since, work.now)
            _steps.enter(work, Status.CLOSED)
            work.tell(events.ABANDONED, waited_s=waited)
            work.tell(events.CLOSED, by="customer")
    return conversation


def leave(principal: Principal, conversation_id: UUID) -> Conversation:
    """The customer says that it is over: the conversation is closed. One that waits for us was given up, too."""
    with changing(principal, conversation_id, closed=True) as work:
        conversation = work.conversation
        if conversation.status == Status.CLOSED:
            return conversation
        waits, waited = conversation.status in CUSTOMER_WAITS, seconds(conversation.waiting_since, work.now)
        work.actor = Actor("customer", conversation.customer_id)
        _steps.enter(work, Status.CLOSED)
        if waits:
            work.tell(events.ABANDONED, waited_s=waited)
        work.tell(events.CLOSED, by="customer")
    return conversation


def close_solved(limit: int = 1000) -> int:
    """Close what was solved, and where nobody wrote any more, so many days ago; return how many.

    The days are a setting; 0 closes nothing. Small batches: what is locked elsewhere is left for the next time.
    """
    days = settings.get("conversations.close_after_days")
    closed = 0
    while days and closed < limit:
        batch = _close_batch(clock.now() - timedelta(days=days))
        closed += batch
        if batch < _BATCH:
            break
    return closed


@transaction.atomic
def _close_batch(before: datetime) -> int:
    due = Conversation.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=Status.SOLVED, merged_into=None, last_message_at__lt=before, solved_at__lt=before
    )
    found = list(due.order_by("last_message_at", "id")[:_BATCH])
    for conversation in found:
        work = Work(SYSTEM, conversation)
        after = lifecycle.next_status(conversation.status, Happening.TIME_PASSED)
        _steps.enter(work, Status(after or conversation.status))
        work.tell(events.CLOSED, by="time")
        write(work)
    return len(found)

"""What is one step of a change? Each works on a locked conversation, sets what differs and tells of it.

A step that finds nothing to do tells nothing. The verbs, and `change`, are made of them.
"""

from datetime import datetime, timedelta
from typing import Any

from servewell.apps.base import cleaning, statements, timers
from servewell.apps.conversations import events, lifecycle, queries
from servewell.apps.conversations.actions._work import Work, seconds
from servewell.apps.conversations.errors import BadChange, BadSnooze, CannotFollow
from servewell.apps.conversations.lifecycle import CUSTOMER_WAITS, DONE
from servewell.apps.conversations.models import ACTIVE, PRIORITIES, Conversation, Priority, Status

WAKE = "conversations.wake"  # the timer's kind
_FARTHEST = timedelta(days=366)  # that something may be put off
PRIORITY_WORDS = {number: word for word, number in PRIORITIES.items()}


def put_status(work: Work, status: str) -> None:
    """Give it the status that one of us names; CannotFollow, BadChange."""
    if status not in Status.values:
        raise BadChange(what="status")
    before, conversation = work.conversation.status, work.conversation
    answered = conversation.first_reply_at is not None
    after = lifecycle.next_status(before, lifecycle.MEANT[Status(status)], answered=answered)
    if after is None:
        raise CannotFollow(before=before, after=status)
    if after != before:
        solved_at = conversation.solved_at
        enter(work, after)
        _tell_status(work, before, after, solved_at)


def enter(work: Work, status: Status, since: Any = None) -> None:
    """Set a status and all that hangs on it; telling is the caller's. `since`: from when on the customer waits."""
    before, conversation = work.conversation.status, work.conversation
    work.set(status=status.value)
    if status in CUSTOMER_WAITS:
        if conversation.waiting_since is None:
            work.set(waiting_since=since or unanswered_since(work))
    else:
        work.set(waiting_since=None)
    work.set(
        solved_at=(conversation.solved_at or work.now) if status in DONE else None,
        closed_at=work.now if status == Status.CLOSED else None,
    )
    if status not in ACTIVE:
        stop_snoozing(work)
    if before == Status.SOLVED and status in ACTIVE:
        work.set(reopened=conversation.reopened + 1)


def put_snooze(work: Work, until: Any) -> None:
    """Put it off until a moment, or (None) bring it back; BadSnooze."""
    conversation = work.conversation
    if until is None:
        wake(work, "agent")
    elif until.tzinfo is None or not work.now < until <= work.now + _FARTHEST or conversation.status not in ACTIVE:
        raise BadSnooze
    elif work.set(snoozed_until=until):
        timers.set(WAKE, conversation.id, until)
        work.tell(events.SNOOZED, for_s=seconds(work.now, until))


def wake(work: Work, by: str) -> None:
    """Bring it back; nothing when it was not put off."""
    if stop_snoozing(work):
        work.tell(events.WOKEN, by=by)


def stop_snoozing(work: Work) -> bool:
    """Forget until when it was put off; return whether it was."""
    if work.conversation.snoozed_until is None:
        return False
    timers.cancel(WAKE, work.conversation.id)
    return work.set(snoozed_until=None)


def put_priority(work: Work, word: str) -> None:
    """Give it a priority by its word; BadChange."""
    if word not in PRIORITIES:
        raise BadChange(what="priority")
    before = PRIORITY_WORDS[Priority(work.conversation.priority)]
    if work.set(priority=PRIORITIES[word]):
        work.tell(events.PRIORITISED, before=before, priority=word)


def put_subject(work: Work, subject: str) -> None:
    """Give it a subject; TextTooLong."""
    if work.set(subject=cleaning.line(subject)):
        work.tell(events.SUBJECT_CHANGED)


def put_language(work: Work, code: str) -> None:
    """Say in which language the customer writes: a code of BCP 47, "" for not known; BadChange."""
    if len(code) > 16 or not all(part.isascii() and part.isalnum() for part in code.split("-") if code):
        raise BadChange(what="language")
    if work.set(language=code):
        work.tell(events.LANGUAGE_CHANGED)


def _tell_status(work: Work, before: str, after: Status, solved_at: Any) -> None:
    conversation = work.conversation
    if after == Status.SOLVED:
        work.tell(events.SOLVED, handled_s=seconds(conversation.created_at, work.now))
    elif after == Status.CLOSED:
        work.tell(events.CLOSED, by="agent")
    elif before == Status.SOLVED:
        tell_reopened(work, after, solved_at)
    else:
        work.tell(events.WAITING, before=before, status=after.value)


def tell_reopened(work: Work, status: Status, solved_at: Any) -> None:
    """Tell that a solved one is taken up again."""
    work.tell(events.REOPENED, solved_for_s=seconds(solved_at, work.now), status=status.value)


def settle(work: Work, asked_before: datetime | None) -> None:
    """Put right whose turn it is after messages went away; `asked_before` is what `asked_since` said until then.

    What one of us decided stays, unless what it was decided upon is gone.
    """
    before, asked = work.conversation.status, asked_since(work.conversation)
    if asked == asked_before or before not in ACTIVE:
        return
    if asked is not None:
        enter(work, Status(before) if before in CUSTOMER_WAITS else Status.WAITING_US)
        work.set(waiting_since=asked)
    elif work.conversation.preview_author:  # of us: nobody else's words are left
        enter(work, Status.WAITING_CUSTOMER)
    if work.conversation.status != before:
        work.tell(events.WAITING, before=before, status=work.conversation.status)


def unanswered_since(work: Work) -> datetime:
    """Return since when the customer waits: from what they wrote and nobody answered, else from now."""
    return asked_since(work.conversation) or work.now


def asked_since(conversation: Conversation) -> datetime | None:
    """Return when the customer wrote what nobody answered yet, here or in what was merged into it."""
    family = queries.merged_here(conversation.id)
    ((earliest,),) = statements.rows(queries.SQL["waiting_from"], {"family": family})
    found: datetime | None = earliest
    return found

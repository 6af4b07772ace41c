"""Two matters in one conversation: how does the second get its own?"""

from collections.abc import Sequence
from uuid import UUID

from servewell.apps.base import cleaning
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events
from servewell.apps.conversations.actions import _messages, _shown, _steps
from servewell.apps.conversations.actions._work import Work, changing, tell_journal
from servewell.apps.conversations.errors import NoSuchMessage, NothingSplit
from servewell.apps.conversations.models import Author, Conversation, Link, Message, MessageKind, Status


def split(principal: Principal, conversation_id: UUID, messages: Sequence[UUID], subject: str = "") -> Conversation:
    """Move some messages of a conversation, not all, into a new one of the same customer and team; return that.

    They are numbered anew there, in their order, and remember where they stood (`split_from`); the old conversation
    keeps its numbers, with gaps, and its thread over there. In the new one the customer waits for us if the last word
    is theirs, and so it is in the old one when a question or an answer left it. Nobody has the new one
    yet. NothingSplit, NoSuchMessage, IsClosed, IsMerged.
    """
    title = cleaning.line(subject)
    with changing(principal, conversation_id) as work:
        moved = _chosen(work.conversation, set(messages))
        asked = _steps.asked_since(work.conversation)
        fresh = _fresh(work, moved, title)
        fresh.save(force_insert=True)
        _move(moved, fresh, work.conversation)
        Link.objects.create(one=fresh, other=work.conversation, created_by=principal.id)
        work.set(updated_at=work.now, **_shown.columns(work.conversation))
        work.tell(events.SPLIT, new=fresh.id, messages=len(moved))
        _steps.settle(work, asked)
        _begin(work, fresh)
    return fresh


def _chosen(conversation: Conversation, wanted: set[UUID]) -> list[Message]:
    rows = Message.objects.filter(conversation=conversation)
    found = list(rows.filter(id__in=wanted).order_by("position"))
    if len(found) != len(wanted):
        raise NoSuchMessage
    if not found or not rows.exclude(id__in=wanted).exists():
        raise NothingSplit
    return found


def _fresh(work: Work, moved: list[Message], subject: str) -> Conversation:
    old, public = work.conversation, [message for message in moved if message.kind == MessageKind.PUBLIC]
    theirs = [message for message in public if message.author_kind == Author.CUSTOMER]
    ours = [message for message in public if message.author_kind != Author.CUSTOMER]
    answered_to = ours[-1].position if ours else 0
    waiting = [message for message in theirs if message.position > answered_to]
    asked_of_us = bool(waiting) or not public
    status = (Status.WAITING_US if ours else Status.OPEN) if asked_of_us else Status.WAITING_CUSTOMER
    last = public[-1] if public else None
    return Conversation(
        customer_id=old.customer_id,
        channel=old.channel,
        source=old.source,
        subject=subject or old.subject,
        language=old.language,
        team_id=old.team_id,
        priority=old.priority,
        status=status,
        waiting_since=(waiting[0].created_at if waiting else work.now) if asked_of_us else None,
        messages=len(moved),
        preview=_messages.preview(last.text) if last else "",
        preview_author=last.author_kind if last else "",
        last_message_at=max(message.created_at for message in moved),
        last_customer_message_at=max((message.created_at for message in theirs), default=None),
        first_reply_at=min((m.created_at for m in ours), default=None) if theirs else None,
        split_from=old,
    )


def _move(moved: list[Message], fresh: Conversation, old: Conversation) -> None:
    for position, message in enumerate(moved, 1):
        message.conversation, message.position = fresh, position
        message.split_from = message.split_from or old.id
    Message.objects.bulk_update(moved, ["conversation", "position", "split_from"])


def _begin(work: Work, fresh: Conversation) -> None:
    begun = Work(work.principal, fresh)
    begun.tell(events.OPENED, status=fresh.status, split_from=work.conversation.id)
    tell_journal(begun)

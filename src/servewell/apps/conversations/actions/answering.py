"""How does one of us write to a customer? A reply in a conversation, or a conversation that we begin."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from servewell.apps.base import cleaning, clock, statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, history, lifecycle, queries
from servewell.apps.conversations.actions import _labels, _messages, _steps
from servewell.apps.conversations.actions._work import WRITE, Work, changing, seconds, tell_journal
from servewell.apps.conversations.changes import Opened
from servewell.apps.conversations.errors import BadChange, NameTaken, NoSuchTeam
from servewell.apps.conversations.inbound import InboundFile
from servewell.apps.conversations.lifecycle import Happening
from servewell.apps.conversations.models import (
    PRIORITIES,
    Author,
    Channel,
    Conversation,
    Delivery,
    Message,
    MessageKind,
    Status,
)
from servewell.apps.customers import actions as customers
from servewell.apps.customers import names
from servewell.apps.customers import queries as customer_queries
from servewell.apps.customers.errors import NoSuchCustomer
from servewell.apps.customers.models import Customer
from servewell.apps.people import permissions
from servewell.apps.people.models import Team

_AFTER_REPLY = (Status.WAITING_CUSTOMER, Status.WAITING_US, Status.SOLVED)


def reply(
    principal: Principal,
    conversation_id: UUID,
    *,
    text: str = "",
    html: str = "",
    attachments: Sequence[UUID] = (),
    solve: bool = False,
    status: str | None = None,
    seen: int | None = None,
    anyway: bool = False,
    suggested: bool | None = None,
    external_id: str = "",
) -> Message:
    """Write to the customer; the message is queued for its channel.

    Afterwards we wait for the customer, or it is solved (`solve`, or `status`), or it stays with us (`status`). `seen`
    is the position of the last message that the writer saw: if others wrote since, nothing is sent and
    ConversationChanged carries what they wrote and did, so that the screen keeps the text and shows it; `anyway` sends
    nevertheless. The same `external_id` twice is one reply. IsClosed, IsMerged, NothingWritten, TextTooLong.
    NameTaken: this `external_id` names a message of another conversation, or of the customer.
    """
    words = _messages.written(text, html, attachments)
    wanted, external_id = _wanted(solve, status), _messages.outside_name(external_id)
    with _naming(external_id), changing(principal, conversation_id) as work:
        if (known := _known(work, external_id)) is not None:
            return known
        if seen is not None and not anyway:
            _demand_up_to_date(work, seen)
        message = _said(work, words, attachments, external_id)
        _answered(work, message, wanted, len(attachments), suggested)
    return message


def open_for(
    principal: Principal,
    customer_id: UUID,
    *,
    channel: str,
    subject: str = "",
    text: str = "",
    html: str = "",
    attachments: Sequence[UUID] = (),
    team: UUID | None = None,
    priority: str = "normal",
    tags: Sequence[UUID] = (),
    fields: Mapping[str, Any] | None = None,
    language: str = "",
    source: str = "",
) -> Opened:
    """Begin a conversation with a customer, and write to them at once if there is something to say.

    Without words it is one that waits for us: something a customer said on another way. Without `team` it is of the
    writer's own team, if they have just one.
    """
    words = _messages.written(text, html, attachments) if text.strip() or html.strip() or attachments else None
    if channel not in Channel.values or priority not in PRIORITIES:
        raise BadChange(what="channel" if channel not in Channel.values else "priority")
    with transaction.atomic():
        customer = _customer(principal, customer_id)
        fresh = Conversation(
            customer=customer,
            channel=channel,
            source=cleaning.short_line(source, most=100).text,
            subject=cleaning.line(subject),
            team_id=_own_team(principal, team),
            priority=PRIORITIES[priority],
            language=names.language_tag(language) or customer.language,
            tags=_labels.fit_tags(tags),
            fields=_labels.fit_fields(fields or {}),
            waiting_since=clock.now(),
        )
        return _opened(principal, fresh, words, attachments)


def _opened(principal: Principal, fresh: Conversation, words: _messages.Words | None, files: Sequence[UUID]) -> Opened:
    permissions.demand(principal, WRITE, fresh)
    if fresh.team_id is not None:
        customers.meet(principal, fresh.customer_id, fresh.team_id)
    if words is not None:
        fresh.status, fresh.waiting_since = Status.WAITING_CUSTOMER, None
    fresh.save(force_insert=True)
    work = Work(principal, fresh)
    work.tell(events.OPENED, status=Status.OPEN.value if words is None else fresh.status)
    message = None
    if words is not None:
        message = _said(work, words, files, "")
        fresh.save(update_fields=[*work.changed])
        work.tell(events.REPLIED, message=message.id, attachments=len(files), status=fresh.status)
    tell_journal(work)
    return Opened(fresh.id, fresh.number, message)


def _customer(principal: Principal, customer_id: UUID) -> Customer:
    """Return a customer whom the writer may know; of others one learns nothing, and gets to nobody by writing."""
    known = customer_queries.visible_to(principal).filter(pk=customer_queries.resolve(customer_id)).first()
    if known is None or not statements.rows(queries.SQL["hold_customer"], {"customer": known.pk}):
        raise NoSuchCustomer
    return known


def _own_team(principal: Principal, team: UUID | None) -> UUID | None:
    if team is None:
        team = next(iter(principal.teams)) if len(principal.teams) == 1 else None
    if team is not None and not Team.objects.filter(pk=team, archived_at=None).exists():
        raise NoSuchTeam
    return team


def _wanted(solve: bool, status: str | None) -> Status | None:
    if status is not None and status not in _AFTER_REPLY:
        raise BadChange(what="status")
    return Status.SOLVED if solve else None if status is None else Status(status)


def _known(work: Work, external_id: str) -> Message | None:
    if not external_id:
        return None
    ours = Message.objects.filter(conversation=work.conversation, kind=MessageKind.PUBLIC, external_id=external_id)
    return ours.exclude(author_kind=Author.CUSTOMER).first()


@contextmanager
def _naming(external_id: str) -> Iterator[None]:
    """Say in words that a name over there is taken by another message, of which the writer learns nothing else."""
    try:
        yield
    except IntegrityError as fault:
        if getattr(getattr(fault.__cause__, "diag", None), "constraint_name", None) != "message_external":
            raise
        raise NameTaken(name=external_id[:100]) from fault


def _said(work: Work, words: _messages.Words, files: Sequence[UUID], external_id: str) -> Message:
    kind, author = _messages.author(work.principal)
    message = _messages.draft(
        work.conversation,
        words,
        author_kind=kind,
        author=author,
        delivery=Delivery.QUEUED,
        source=work.conversation.source,
        external_id=external_id,
        language=work.conversation.language,
        created_at=work.now,
        recorded_at=work.now,
    )
    _messages.store(message, words, [InboundFile(file) for file in files])
    _messages.read_own(work.principal, message, all_before=True)
    work.set(**_messages.seen_on_row(work.conversation, message))
    return message


def _answered(work: Work, message: Message, wanted: Status | None, files: int, suggested: bool | None) -> None:
    """Set whose turn it is now, and tell of the reply; of a solution or a reopening too."""
    conversation, before = work.conversation, Status(work.conversation.status)
    solved_at = conversation.solved_at
    if conversation.first_reply_at is None and conversation.last_customer_message_at is not None:
        work.set(first_reply_at=work.now)
    after = wanted or lifecycle.next_status(before, Happening.REPLIED) or before
    work.set(waiting_since=None)
    _steps.enter(work, after, since=work.now)
    on_its_way = before if before == Status.SOLVED else Status.WAITING_CUSTOMER if after == Status.SOLVED else after
    work.tell(events.REPLIED, message=message.id, attachments=files, suggested=suggested, status=on_its_way.value)
    if after == Status.SOLVED and before != Status.SOLVED:
        work.tell(events.SOLVED, handled_s=seconds(conversation.created_at, work.now))
    if before == Status.SOLVED and after != Status.SOLVED:
        _steps.tell_reopened(work, after, solved_at)


def _demand_up_to_date(work: Work, seen: int) -> None:
    """Refuse a reply whose writer has not seen what others wrote: the customer, or a colleague."""
    others = Message.objects.filter(conversation=work.conversation, position__gt=seen).exclude(
        Q(author=work.principal.id, author__isnull=False)
    )
    fresh = list(others.order_by("position"))
    if fresh:
        raise history.overtaken(work.principal, work.conversation, messages=fresh)

"""How does what a customer wrote come in? Once, however often and by however many it is handed over."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import DatabaseError, IntegrityError, OperationalError, transaction

from servewell.apps.base import cleaning, clock, statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, lifecycle
from servewell.apps.conversations.actions import _labels, _messages, _places, _steps
from servewell.apps.conversations.actions._places import Place
from servewell.apps.conversations.actions._work import WRITE, Work, tell_journal, write
from servewell.apps.conversations.errors import BadChange, BusyMeanwhile, NobodyWrote
from servewell.apps.conversations.inbound import InboundMessage, Received, Sorting
from servewell.apps.conversations.lifecycle import Happening
from servewell.apps.conversations.models import (
    Author,
    Channel,
    Conversation,
    Delivery,
    Link,
    LinkKind,
    Message,
    Priority,
    Status,
)
from servewell.apps.conversations.queries import SQL
from servewell.apps.customers import actions as customers
from servewell.apps.customers import names
from servewell.apps.customers import queries as customer_queries
from servewell.apps.customers.models import Customer
from servewell.apps.journal.actions import together
from servewell.apps.journal.events import Actor
from servewell.apps.people import permissions
from servewell.apps.people.models import Team

Sort = Callable[[InboundMessage, Customer], Sorting]  # of whom a new conversation is
_RACES = {"message_external", "conversation_external"}  # constraints: somebody brought the same a moment earlier
_MEANWHILE = {"23503", "40P01", "40001"}  # foreign_key_violation, deadlock_detected, serialization_failure
_TRIES = 4
_ANSWERS = 100  # of the messages that one claims to answer, the nearest
_OLDEST = timedelta(days=365)  # what claims to be older, or of the future, is taken as written now


class _MovedMeanwhileError(Exception):
    """What we looked up was changed before we had locked it."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """With what a conversation begins."""

    sorting: Sorting
    continued: Conversation | None = None  # a closed one that goes on in it
    named: Conversation | None = None  # one that a stranger named


def _as_it_says(message: InboundMessage, customer: Customer) -> Sorting:
    """Sort a new conversation by nothing but its message."""
    return Sorting(team=message.team or message.default_team)


def receive(principal: Principal, message: InboundMessage, sort: Sort = _as_it_says) -> Received:
    """Keep what a customer wrote, in the conversation it belongs to or a new one; any channel calls this.

    1. The same (source, external_id) is one message: the second time the first is returned (`is_repeat`), also when
       many bring it at once.
    2. Who knows the thread's name over there, or that of a message in it, belongs to the conversation. Who only names
       one of ours (a number in a subject) joins it if it is their own; else a new one begins, linked to it.
    3. A solved conversation is taken up again; after a closed one a new one begins that continues it; what was merged
       goes to where it went on.
    4. Of a blocked customer nothing is lost and nobody is disturbed: the message is kept and marked in the journal, a
       status, a snooze and a waiting time stay as they are, and a new conversation is closed at once. An automatic
       answer moves no more, and one to what is closed is kept there.
    5. Text that is too long is cut and kept whole as a file; HTML is made safe.
    6. What begins a conversation is sorted by `sort`; one that continues another stays with its team.

    NobodyWrote, NoSuchConversation, NoSuchCustomer, NoSuchTeam, NoSuchTag, NoSuchField, BadField, NoSuchAttachment,
    BusyMeanwhile.
    """
    clean, words = _fit(message)
    for _ in range(_TRIES):
        try:
            with transaction.atomic(), together():
                return _receive(principal, clean, words, sort)
        except (IntegrityError, OperationalError) as fault:
            if not _is_race(fault):
                raise
        except _MovedMeanwhileError:
            pass
    raise BusyMeanwhile


def receive_within(principal: Principal, message: InboundMessage, sort: Sort = _as_it_says) -> Received:
    """As `receive`, in the caller's transaction and without a savepoint: two statements less.

    BusyMeanwhile when somebody was quicker: the caller's transaction is then lost, and it begins anew.
    """
    clean, words = _fit(message)
    try:
        with together():
            return _receive(principal, clean, words, sort)
    except (IntegrityError, OperationalError) as fault:
        if not _is_race(fault):
            raise
        raise BusyMeanwhile from fault
    except _MovedMeanwhileError as moved:
        raise BusyMeanwhile from moved


def _fit(message: InboundMessage) -> tuple[InboundMessage, _messages.Words]:
    """Return a message as it is kept, and what it says."""
    if message.channel not in Channel.values:
        raise BadChange(what="channel")
    words = _messages.taken(message.text, message.html)
    return replace(_cleaned(message), text=words.text), words


def _receive(principal: Principal, message: InboundMessage, words: _messages.Words, sort: Sort) -> Received:
    place = _places.find(message)
    if place.repeat is not None and place.message is not None:
        return _repeated(principal, place.repeat, place.message)
    message = replace(message, default_team=place.default_team)
    customer = _sender(principal, message, _team_of(message, place, sort))
    target = _target(principal, message, place)
    if target is None and customer is None:
        raise NobodyWrote
    belongs = target is not None and _belongs(place, customer)
    if target is not None and belongs and (target.status != Status.CLOSED or message.auto):
        return _append(principal, message, words, target, customer or target.customer)
    writer = customer or cast(Conversation, target).customer
    if target is not None and belongs:
        sorting = Sorting(team=message.team or _still_open(target.team_id))
        return _begin(principal, message, words, writer, _Beginning(sorting, continued=target))
    return _begin(principal, message, words, writer, _Beginning(sort(message, writer), named=target))


def _repeated(principal: Principal, conversation_id: UUID, message_id: UUID) -> Received:
    conversation = Conversation.objects.get(pk=conversation_id)
    permissions.demand(principal, WRITE, conversation)
    return Received(conversation.id, message_id, conversation.number, is_new_conversation=False, is_repeat=True)


def _team_of(message: InboundMessage, place: Place, sort: Sort) -> Callable[[Customer], UUID | None]:
    """Return what tells the team that a customer is to meet at once: that of what is surely a new conversation."""

    def team_of(customer: Customer) -> UUID | None:
        joins = place.known is not None or (place.named is not None and place.whose == customer.root_id)
        return None if joins else sort(message, customer).team

    return team_of


def _sender(
    principal: Principal, message: InboundMessage, team_of: Callable[[Customer], UUID | None]
) -> Customer | None:
    """Return who wrote; None where only the conversation tells."""
    if message.customer is not None:
        return Customer.objects.get(pk=customer_queries.resolve(message.customer))
    if not message.identities:
        return None
    language = message.language or None
    return customers.find_or_create(
        principal, message.identities, name=message.customer_name, language=language, team=team_of
    ).customer


def _target(principal: Principal, message: InboundMessage, place: Place) -> Conversation | None:
    """Lock and return the conversation that the thread or the message names, or None."""
    found = place.known or place.named
    if found is None:
        return None
    target = _locked(found)
    permissions.demand(principal, WRITE, target)
    if target.status == Status.CLOSED:
        if _places.find(message) != place:  # while we waited for it somebody else's message has begun to continue it
            raise _MovedMeanwhileError
        return _continued(target) or target
    return target


def _locked(conversation_id: UUID) -> Conversation:
    found = statements.instances(Conversation, SQL["lock_on_arrival"], {"conversation": conversation_id})
    if not found:
        raise _MovedMeanwhileError
    return found[0][0]


def _continued(closed: Conversation) -> Conversation | None:
    """Return the latest conversation that continues a closed one and still goes on."""
    onward = Link.objects.filter(
        other=closed, kind=LinkKind.FOLLOW_UP, one__merged_into=None, one__customer_id=closed.customer_id
    )
    found = onward.exclude(one__status=Status.CLOSED).order_by("-created_at").values_list("one_id", flat=True).first()
    return _locked(found) if found else None


def _belongs(place: Place, customer: Customer | None) -> bool:
    """Does the writer belong to the conversation? Who knows its thread, or a message of it, does, else its customer."""
    return place.known is not None or customer is None or customer.root_id == place.whose


def _append(
    principal: Principal, message: InboundMessage, words: _messages.Words, target: Conversation, customer: Customer
) -> Received:
    blocked = customer.is_blocked
    is_quiet = blocked or message.auto
    work = Work(principal, target, actor=Actor("customer", customer.id), occurred_at=message.occurred_at)
    said = _messages.store(_draft(target, message, words, customer), words, message.attachments)
    work.set(**_messages.seen_on_row(target, said))
    before, solved_at = Status(target.status), target.solved_at
    after = lifecycle.next_status(before, Happening.HELD if is_quiet else Happening.CUSTOMER_WROTE) or before
    at_first = before if before == Status.SOLVED else after
    _tell_received(work, said, message, at_first, blocked)
    if not is_quiet:
        _steps.enter(work, after, since=clock.now() if message.waits_from_arrival else said.created_at)
        if before == Status.SOLVED:
            _steps.tell_reopened(work, after, solved_at)
        _steps.wake(work, "customer")
    _meet(principal, customer, target.team_id)
    write(work)
    return Received(target.id, said.id, target.number, is_new_conversation=False, is_repeat=False)


def _begin(
    principal: Principal,
    message: InboundMessage,
    words: _messages.Words,
    customer: Customer,
    beginning: _Beginning,
) -> Received:
    """Begin a conversation: it continues a closed one, or is linked to the one that a stranger named."""
    continued = beginning.continued
    fresh = _fresh(message, customer, beginning)
    permissions.demand(principal, WRITE, fresh)
    if continued is not None and message.thread:  # the thread goes on in the new one
        _pass_on(principal, message, continued, fresh, customer)
    blocked = customer.is_blocked
    if blocked:
        fresh.status, fresh.waiting_since = Status.CLOSED, None
        fresh.solved_at = fresh.closed_at = clock.now()
    first = _draft(fresh, message, words, customer)
    for name, value in _messages.seen_on_row(fresh, first).items():
        setattr(fresh, name, value)
    _messages.store_first(first, words, message.attachments)
    _meet(principal, customer, fresh.team_id)
    _link(fresh, beginning)
    work = Work(principal, fresh, actor=Actor("customer", customer.id), occurred_at=message.occurred_at)
    work.tell(
        events.OPENED,
        status=Status.OPEN.value,
        continues=continued.id if continued else None,
        rule=beginning.sorting.rule,
    )
    _tell_received(work, first, message, Status.OPEN, blocked)
    if blocked:
        work.tell(events.CLOSED, by="block")
    tell_journal(work)
    return Received(fresh.id, first.id, fresh.number, is_new_conversation=True, is_repeat=False)


def _pass_on(
    principal: Principal, message: InboundMessage, continued: Conversation, fresh: Conversation, customer: Customer
) -> None:
    """Take the thread's name from whoever has it: the closed conversation, or one that was merged into it."""
    theirs = Conversation.objects.select_for_update().filter(source=message.source, external_id=message.thread)
    has_it = (continued.source, continued.external_id) == (message.source, message.thread)
    holder = continued if has_it else theirs.first()
    if holder is not None:
        work = Work(principal, holder, actor=Actor("customer", customer.id))
        work.set(external_id="")
        work.tell(events.CONTINUED, new=fresh.id)
        write(work)


def _tell_received(work: Work, said: Message, message: InboundMessage, status: Status, blocked: bool) -> None:
    count = len(message.attachments)
    work.tell(events.MESSAGE_RECEIVED, message=said.id, attachments=count, status=status.value, blocked=blocked or None)


def _link(fresh: Conversation, beginning: _Beginning) -> None:
    if beginning.continued is not None:
        Link.objects.create(one=fresh, other=beginning.continued, kind=LinkKind.FOLLOW_UP)
    if beginning.named is not None:
        Link.objects.create(one=fresh, other=beginning.named, kind=LinkKind.RELATED)


def _fresh(message: InboundMessage, customer: Customer, beginning: _Beginning) -> Conversation:
    """Return the new conversation, not yet stored; one that continues another stays with its subject and account."""
    written_at = message.occurred_at or clock.now()
    continued, sorting = beginning.continued, beginning.sorting
    return Conversation(
        customer=customer,
        channel=message.channel,
        source=message.source,
        account=message.account or (continued.account if continued else None),
        external_id=message.thread,
        subject=message.subject or (continued.subject if continued else ""),
        language=message.language or customer.language,
        team_id=sorting.team,
        priority=sorting.priority or Priority.NORMAL,
        tags=_labels.with_more(_labels.fit_tags(message.tags), sorting.tags),
        fields=_labels.fit_fields(message.fields),
        waiting_since=clock.now() if message.waits_from_arrival else written_at,
        last_message_at=written_at,
    )


def _still_open(team: UUID | None) -> UUID | None:
    """Return the team, unless it is archived: then the conversation is of no team, before those who see all."""
    return team if team and Team.objects.filter(pk=team, archived_at=None).exists() else None


def _draft(conversation: Conversation, message: InboundMessage, words: _messages.Words, customer: Customer) -> Message:
    return _messages.draft(
        conversation,
        words,
        author_kind=Author.CUSTOMER,
        author=customer.id,
        delivery=Delivery.RECEIVED,
        source=message.source,
        external_id=message.external_id,
        quoted=cleaning.shortened(message.quoted, most=_messages.LONGEST).text,
        language=message.language,
        created_at=message.occurred_at or clock.now(),
    )


def _meet(principal: Principal, customer: Customer, team: UUID | None) -> None:
    """Let the team reach the customer, unless it does already."""
    if team is not None and team not in customer.team_ids:
        customers.meet(principal, customer.id, team)


def _cleaned(message: InboundMessage) -> InboundMessage:
    """Return the message with its one-line texts as they are kept, and a time that can be true."""
    return replace(
        message,
        source=_short(message.source, 100),
        external_id=_messages.outside_name(message.external_id),
        thread=_messages.outside_name(message.thread, 200),
        answers=tuple(map(_messages.outside_name, message.answers[:_ANSWERS])),
        subject=_short(message.subject, 300),
        language=names.language_tag(message.language),
        occurred_at=_moment(message.occurred_at),
    )


def _short(text: str, most: int) -> str:
    return cleaning.short_line(text, most=most).text


def _moment(given: datetime | None) -> datetime:
    """Return when it was written; now for what cannot be: no zone, the future, more than a year ago."""
    now = clock.now()
    return given if given is not None and given.tzinfo is not None and now - _OLDEST <= given <= now else now


def _is_race(fault: DatabaseError) -> bool:
    """Did somebody bring the same a moment earlier, erase whom it is about, or wait for us while we waited for them?

    Then looking again finds out.
    """
    cause = fault.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return name in _RACES or getattr(cause, "sqlstate", "") in _MEANWHILE

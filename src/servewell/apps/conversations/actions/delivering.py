"""How far did a message get? Channels report; reports overtake each other."""

from uuid import UUID

from django.db import transaction

from servewell.apps.base import cleaning, statements
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events, lifecycle, queries
from servewell.apps.conversations.actions import _messages
from servewell.apps.conversations.actions._work import WRITE, Work, tell_journal
from servewell.apps.conversations.errors import BadChange, NoSuchMessage
from servewell.apps.conversations.models import Delivery, Message
from servewell.apps.conversations.queries import SQL
from servewell.apps.people import permissions

_EXPLAINED = {Delivery.FAILED, Delivery.QUEUED, Delivery.SENT}  # queued: it will be tried again; sent: it is under way


@transaction.atomic
def deliver(
    principal: Principal, message_id: UUID, state: str, *, reason: str = "", code: str = "", external_id: str = ""
) -> bool:
    """Note how far a message got, why it failed or waits (in words of the other side), and its name over there.

    `code` is the key of a sentence in the texts that says the same in the reader's language; one that was sent may get
    one too: it is still under way.

    Return whether that is news: a report that tells less than is known (delivered after read, anything of a message
    that came in) changes nothing. NoSuchMessage, BadChange.
    """
    if state not in Delivery.values:
        raise BadChange(what="delivery")
    message = (
        Message.objects.select_for_update(of=("self",)).select_related("conversation").filter(pk=message_id).first()
    )
    if message is None:
        raise NoSuchMessage
    permissions.demand(principal, WRITE, message.conversation)
    words = cleaning.short_line(reason, most=300).text if state in _EXPLAINED else ""
    shown = code if state in _EXPLAINED else ""
    waits_on = message.delivery == state and (state == Delivery.QUEUED or (state == Delivery.SENT and bool(code)))
    if waits_on and (message.delivery_code, message.delivery_reason) == (shown, words):
        return False
    if not waits_on and not lifecycle.goes_on(message.delivery, state):
        return False
    values = {
        "message": message.id,
        "before": message.delivery,
        "after": state,
        "code": shown,
        "reason": words,
        "external_id": _messages.outside_name(external_id),
    }
    statements.run(SQL["deliver"], values)
    work = Work(principal, message.conversation)
    work.tell(events.DELIVERY_CHANGED, message=message.id, delivery=state)
    tell_journal(work)
    return True


@transaction.atomic
def deliver_up_to(principal: Principal, conversation_id: UUID, position: int, state: str) -> int:
    """Note that all that we wrote in a conversation, up to a position, got so far (a customer reads downwards).

    Return of how many that is news. NoSuchConversation.
    """
    before = [known for known in Delivery.values if lifecycle.goes_on(known, state)]
    values = {"conversation": conversation_id, "position": position, "before": before, "after": state}
    touched = [row[0] for row in statements.rows(SQL["deliver_up_to"], values)]
    if touched:
        work = Work(principal, queries.conversation(principal, conversation_id))
        permissions.demand(principal, WRITE, work.conversation)
        for message in touched:
            work.tell(events.DELIVERY_CHANGED, message=message, delivery=state)
        tell_journal(work)
    return len(touched)

"""What came of a message that was to go out: sent, waiting, failed; and sent again."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from servewell.apps.base import clock, ids, outbox, statements
from servewell.apps.base.models import Outgoing
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.frame import kinds, queries
from servewell.apps.channels.frame.actions.health import works
from servewell.apps.channels.frame.calls import KIND
from servewell.apps.channels.frame.errors import NoSuchMessage, NotFailed
from servewell.apps.channels.frame.kinds import Sent
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.frame.queries import SQL
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.errors import NoSuchMessage as Erased
from servewell.apps.conversations.models import Conversation, Delivery, Message
from servewell.apps.people import permissions

WRITE = "conversations.write"


def sent(account: Account, message_id: UUID, what: Sent) -> None:
    """Note that a message went out, in the transaction that settles its call."""
    try:
        conversations.deliver(SYSTEM, message_id, what.state, external_id=what.external_id)
    except Erased:
        return  # while it was being sent
    if what.note is not None:
        what.note()
    statements.run(SQL["note_sent"], {"account": account.id, "now": clock.now()})
    channel = kinds.registered(account.channel)
    if channel is not None and channel.send is not None:  # else nothing was called: it tells nothing of the account
        works(account.id)


@transaction.atomic
def waits(message_id: UUID, code: str, words: str) -> None:
    """Note why a message has not gone out yet; it will be tried again."""
    _deliver(message_id, Delivery.QUEUED, code, words)


def failed(item: OutboxItem, code: str, words: str) -> None:
    """Note that a message did not go out and will not, unless somebody sends it again."""
    _deliver(UUID(item.payload["message"]), Delivery.FAILED, code, words)


@transaction.atomic
def send_again(principal: Principal, message_id: UUID) -> None:
    """Let a message that failed go out again, by whoever may write in its conversation; NoSuchMessage, NotFailed.

    One that was never handed over goes with the key it had, so that the other side can drop what it has after all; one
    that came back (a mail that bounced) goes as a new one.
    """
    permissions.demand(principal, WRITE)
    _lock_conversation(message_id)
    rows = Message.objects.select_for_update(of=("self",)).select_related("conversation")
    message = rows.filter(pk=message_id).exclude(delivery__in=(Delivery.RECEIVED, Delivery.NONE)).first()
    if message is None:
        raise NoSuchMessage
    permissions.demand(principal, WRITE, message.conversation)
    if message.delivery != Delivery.FAILED:
        raise NotFailed
    conversations.deliver(SYSTEM, message_id, Delivery.QUEUED)
    if not outbox.retry_all(_given_up(message)):
        put(message_id, message.conversation_id, key=f"{message_id}:{ids.new()}")


def put(message_id: UUID, conversation_id: UUID, *, key: str = "") -> None:
    """Put the call that sends a message, in the caller's transaction."""
    order = f"conversation:{conversation_id}"
    outbox.put(KIND, {"message": str(message_id)}, key=key or str(message_id), order_key=order)


@transaction.atomic
def give_account(conversation: Conversation, account: UUID) -> bool:
    """Let a conversation that one of us began go by this account from now on; False when it has one meanwhile."""
    values = {"conversation": conversation.id, "account": account}
    return statements.run(SQL["give_account"], values) == 1


def _deliver(message_id: UUID, state: str, code: str, words: str) -> None:
    try:
        conversations.deliver(SYSTEM, message_id, state, reason=words, code=code)
    except Erased:
        return


def _lock_conversation(message_id: UUID) -> None:
    """Take what a reply takes first: conversation, journal, outbox. Two who take them otherwise wait for each other."""
    whose = Message.objects.filter(pk=message_id).values("conversation")
    Conversation.objects.select_for_update().filter(pk__in=whose).first()


def _given_up(message: Message) -> QuerySet[Outgoing]:
    return queries.calls_of(message, Outgoing.State.PARKED)

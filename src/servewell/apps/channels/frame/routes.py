"""By which account does a message go, and what does its channel get? Few reads, outside any transaction."""

from dataclasses import dataclass
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.base.errors import OutsideFailure
from servewell.apps.base.models import Attachment
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.actions import sending
from servewell.apps.channels.frame.kinds import Outgoing, OutgoingFile
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.frame.queries import SQL
from servewell.apps.conversations.models import Conversation, Delivery, Message, MessageAttachment

_TO_SEND = (Delivery.QUEUED, Delivery.FAILED)


@dataclass(frozen=True, slots=True)
class Route:
    """A message that is still to be sent, and by which account; None: there is none."""

    message: Message
    conversation: Conversation
    account: Account | None

    @property
    def message_id(self) -> UUID:
        """Return the message's id."""
        return self.message.id


def of(item: OutboxItem) -> Route | None:
    """Return how a call's message goes; None when there is nothing to send any more.

    A conversation that one of us began gets its account now, and keeps it.
    """
    rows = Message.objects.select_related("conversation").filter(pk=item.payload["message"])
    message = rows.first()
    if message is None or message.delivery not in _TO_SEND:
        return None
    conversation = message.conversation
    if conversation.account is None:
        return Route(message, conversation, _default(conversation))
    return Route(message, conversation, Account.objects.filter(pk=conversation.account).first())


def outgoing(route: Route, item: OutboxItem) -> Outgoing:
    """Return a message as its channel sends it: two reads more."""
    message, conversation = route.message, route.conversation
    return Outgoing(
        message_id=message.id,
        conversation_id=conversation.id,
        number=conversation.number,
        customer_id=conversation.customer_id,
        key=item.key,
        attempt=item.attempt,
        text=message.text,
        html=message.html,
        subject=conversation.subject,
        language=message.language or conversation.language,
        thread=conversation.external_id,
        written_at=message.created_at,
        files=_files(message),
        identities=identities(conversation.customer_id),
    )


def told(fault: Exception | None, *, channel: str = "") -> tuple[str, str]:
    """Return the key of the sentence that says why a message did not go out, and the other side's words."""
    code, words = str(getattr(fault, "code", "")), str(getattr(fault, "words", ""))
    if code:
        return (code if "." in code else f"channels_{channel}.fault.{code}"), words
    if isinstance(fault, OutsideFailure):
        return f"channels.fault.{'refused' if fault.permanent else 'passing'}", str(fault)
    return "channels.fault.broke", words


def _default(conversation: Conversation) -> Account | None:
    speaking = [channel.code for channel in kinds.every() if channel.speaks == conversation.channel]
    values = {"channels": speaking, "team": conversation.team_id}
    found = statements.instances(Account, SQL["default_account"], values)
    if not found:
        return None
    account = found[0][0]
    return account if sending.give_account(conversation, account.id) else None


def _files(message: Message) -> tuple[OutgoingFile, ...]:
    rows = MessageAttachment.objects.filter(message=message).select_related("attachment").order_by("position", "id")
    return tuple(_file(row.attachment, row.content_id) for row in rows)


def _file(kept: Attachment, content_id: str) -> OutgoingFile:
    return OutgoingFile(kept.id, kept.name, kept.media_type, kept.size, content_id)


def identities(customer: UUID) -> dict[str, str]:
    """Return the surest identity of each kind: proven before claimed, then the one that was seen last."""
    return dict(statements.prepared(SQL["identities"], {"customer": customer}))

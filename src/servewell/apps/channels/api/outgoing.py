"""What waits for an outside system that fetches its answers itself?"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from servewell.apps.base import statements
from servewell.apps.base.models import Attachment
from servewell.apps.channels.api import calling
from servewell.apps.channels.api.errors import CalledBack, NoSuchFile
from servewell.apps.channels.api.sources import SQL
from servewell.apps.channels.frame import queries
from servewell.apps.channels.frame.errors import NoSuchAccount
from servewell.apps.channels.frame.kinds import Outgoing, OutgoingFile
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations.models import Author, Message, MessageAttachment, MessageKind

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Answers that wait, oldest first."""

    messages: list[Outgoing]
    next: UUID | None  # where the next page begins


def account(account_id: UUID) -> Account:
    """Return an account of this channel; NoSuchAccount."""
    found = queries.account(account_id)
    if found.channel != "api":
        raise NoSuchAccount
    return found


def waiting(whose: Account, after: UUID | None) -> Page:
    """Return what waits: four statements for a page. CalledBack where the answers go to a callback."""
    if calling.callback_of(whose) is not None:
        raise CalledBack
    values = {"account": whose.id, "after": after, "most": PAGE + 1}
    found = [id_ for (id_,) in statements.rows(SQL["waiting"], values)]
    rows = list(Message.objects.select_related("conversation").filter(id__in=found[:PAGE]).order_by("id"))
    files, identities = _files_of(rows), _identities_of({row.conversation.customer_id for row in rows})
    messages = [_outgoing(row, files.get(row.id, []), identities.get(row.conversation.customer_id, {})) for row in rows]
    return Page(messages, found[PAGE - 1] if len(found) > PAGE else None)


def file_of(whose: Account, attachment: UUID) -> Attachment:
    """Return a file of one of the account's answers; NoSuchFile."""
    return _file(_answers().filter(message__conversation__account=whose.id), attachment)


def file_of_message(message: UUID, attachment: UUID) -> Attachment:
    """Return a file of an answer, if it is part of that still; NoSuchFile."""
    return _file(_answers().filter(message=message), attachment)


def _answers() -> QuerySet[MessageAttachment]:
    public = MessageAttachment.objects.filter(message__kind=MessageKind.PUBLIC)
    return public.exclude(message__author_kind=Author.CUSTOMER).select_related("attachment")


def _file(rows: QuerySet[MessageAttachment], attachment: UUID) -> Attachment:
    found = rows.filter(attachment=attachment).first()
    if found is None:
        raise NoSuchFile
    return found.attachment


def _files_of(rows: list[Message]) -> dict[UUID, list[OutgoingFile]]:
    found: dict[UUID, list[OutgoingFile]] = {}
    carried = MessageAttachment.objects.filter(message__in=rows).select_related("attachment").order_by("position", "id")
    for one in carried:
        kept = one.attachment
        file = OutgoingFile(kept.id, kept.name, kept.media_type, kept.size, one.content_id)
        found.setdefault(one.message_id, []).append(file)
    return found


def _identities_of(customers: set[UUID]) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    for customer, kind, shown in statements.rows(SQL["identities"], {"customers": list(customers)}):
        found.setdefault(customer, {})[kind] = shown
    return found


def _outgoing(message: Message, files: list[OutgoingFile], identities: dict[str, str]) -> Outgoing:
    conversation = message.conversation
    return Outgoing(
        message_id=message.id,
        conversation_id=conversation.id,
        number=conversation.number,
        customer_id=conversation.customer_id,
        key=str(message.id),
        attempt=1,
        text=message.text,
        html=message.html,
        subject=conversation.subject,
        language=message.language or conversation.language,
        thread=conversation.external_id,
        written_at=message.created_at,
        files=files,
        identities=identities,
    )

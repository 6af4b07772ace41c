"""What may somebody know of the mails of a conversation over HTTP? Who wrote to whom, and to whom an answer goes."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from servewell.apps.base.principal import Principal
from servewell.apps.channels.email import envelopes, recipients
from servewell.apps.channels.email.composing import Person
from servewell.apps.channels.email.errors import NoEnvelope
from servewell.apps.channels.frame import routes
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import queries as conversations
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

router = Router()


class PersonShown(Schema):
    """Somebody a mail is from, or for."""

    address: str
    name: str = Field(description="empty: none was given")


class SenderShown(Schema):
    """The mailbox that an answer goes out by."""

    id: UUID
    name: str
    address: str


class RecipientsShown(Schema):
    """To whom an answer would go now."""

    to: PersonShown | None = Field(description="null: no address is known")
    cc: list[PersonShown]
    from_account: SenderShown | None = Field(description="null: the conversation has none yet, or goes by no mailbox")
    reply_to_differs: bool = Field(description="the customer asked to be answered at another address than they use")
    customer_address: str = Field(description="which they last wrote from, else the one we know; empty: none")


class EnvelopeShown(Schema):
    """What stood on a mail that came in."""

    sender: PersonShown = Field(alias="from")
    to: list[PersonShown]
    cc: list[PersonShown]
    reply_to: list[PersonShown] = Field(description="empty: answers go to the sender")
    verified: bool = Field(description="the mailbox's server found that it came from whom it names")
    auto: str = Field(description="what kind of program sent it; empty: a person, as far as can be told")


@router.get("/conversations/{uuid:conversation_id}/recipients", response=RecipientsShown)
def read_recipients(request: HttpRequest, conversation_id: UUID) -> dict[str, Any]:
    """Tell to whom an answer would go by mail now, as sending decides it."""
    row = conversations.conversation(_reader(request), conversation_id)
    found = recipients.of(row, routes.identities(row.customer_id).get("email", ""))
    return {
        "to": _person(found.to) if found.to else None,
        "cc": [_person(one) for one in found.copies],
        "from_account": _mailbox(row.account),
        "reply_to_differs": found.reply_to_differs,
        "customer_address": found.customer_address,
    }


@router.get("/messages/{uuid:message_id}/envelope", response=EnvelopeShown, by_alias=True)
def read_envelope(request: HttpRequest, message_id: UUID) -> dict[str, Any]:
    """Tell who sent a mail to whom, and how far that is sure."""
    row = conversations.message(_reader(request), message_id)
    found = envelopes.of(row.id)
    if found is None:
        raise NoEnvelope
    return {
        "from": {"address": found.sender, "name": found.sender_name},
        "to": found.to,
        "cc": found.cc,
        "reply_to": found.reply_to,
        "verified": found.verified,
        "auto": found.auto,
    }


def _reader(request: HttpRequest) -> Principal:
    principal = acting(request)
    permissions.demand(principal, "conversations.read")
    return principal


def _mailbox(account: UUID | None) -> Account | None:
    return Account.objects.filter(pk=account, channel="email").first() if account else None


def _person(person: Person) -> dict[str, str]:
    return {"address": person.address, "name": person.name}

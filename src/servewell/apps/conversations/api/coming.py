"""How does a conversation begin that no customer began? One of us writes first."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import Field

from servewell.apps.conversations import actions
from servewell.apps.conversations.api import shown
from servewell.apps.conversations.api.reading import demanded
from servewell.apps.conversations.api.shapes import EXAMPLE_ID, ConversationShown, Priorities, example
from servewell.apps.conversations.attachments import access
from servewell.apps.conversations.inbox.filters import Channels
from servewell.apps.conversations.inbox.http import router
from servewell.apps.customers import queries as customers
from servewell.apps.customers.errors import NoSuchCustomer

__all__ = ["router"]  # that of the list: one address, one router


class ConversationWanted(Schema):
    """A conversation that one of us begins."""

    model_config = example(customer=EXAMPLE_ID, channel="email", subject="您的退款", text="您好，退款已到账。")

    customer: UUID
    channel: Channels
    source: str = ""
    subject: str = ""
    text: str = Field(default="", description="what to write to the customer at once, if anything")
    html: str = ""
    attachments: list[UUID] = Field(default_factory=list, max_length=50)
    team: UUID | None = Field(default=None, description="null: one's own, where one has just one")
    priority: Priorities = "normal"
    tags: list[UUID] = Field(default_factory=list, max_length=100)
    fields: dict[str, Any] = Field(default_factory=dict)
    language: str = ""


@router.post("", response={201: ConversationShown})
def open_conversation(request: HttpRequest, body: ConversationWanted) -> Status[dict[str, Any]]:
    """Begin a conversation with a customer, and write to them at once if there is something to say."""
    principal = demanded(request, "conversations.write")
    if not customers.visible_to(principal).filter(pk=customers.resolve(body.customer)).exists():
        raise NoSuchCustomer
    access.demand_usable(principal, body.attachments)
    opened = actions.open_for(principal, body.customer, **body.model_dump(exclude={"customer"}))
    return Status(201, shown.conversation(principal, opened.conversation_id))

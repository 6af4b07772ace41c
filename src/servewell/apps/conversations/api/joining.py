"""Conversations have to do with each other: they are merged, split and linked."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import Field

from servewell.apps.conversations import actions
from servewell.apps.conversations.api import shown
from servewell.apps.conversations.api.reading import demanded, reached, router, writer
from servewell.apps.conversations.api.shapes import EXAMPLE_ID, ConversationShown, LinkKinds, LinkShown, example
from servewell.apps.conversations.errors import NoSuchLink
from servewell.apps.conversations.models import Link

__all__ = ["router"]


class MergeWanted(Schema):
    """Where a conversation is to go on."""

    model_config = example(into=EXAMPLE_ID)

    into: UUID
    anyway: bool = Field(default=False, description="also if it is another customer's")


class SplitWanted(Schema):
    """Which messages are to have a conversation of their own."""

    messages: list[UUID] = Field(min_length=1, max_length=500)
    subject: str = Field(default="", description="of the new one; empty: as the old one's")


class LinkWanted(Schema):
    """What a conversation has to do with another."""

    model_config = example(other=EXAMPLE_ID, kind="duplicate")

    other: UUID
    kind: LinkKinds = "related"


@router.post("/{uuid:conversation_id}/merge", response=ConversationShown)
def merge_conversation(request: HttpRequest, conversation_id: UUID, body: MergeWanted) -> dict[str, Any]:
    """Let a conversation go on in another, and return that one; nothing is moved, so it can be undone."""
    principal = writer(request, conversation_id)
    reached(principal, body.into)
    kept = actions.merge(principal, conversation_id, body.into, anyway=body.anyway)
    return shown.conversation(principal, kept.id)


@router.post("/{uuid:conversation_id}/unmerge", response=ConversationShown)
def unmerge_conversation(request: HttpRequest, conversation_id: UUID) -> dict[str, Any]:
    """Undo the merge of a conversation into another."""
    principal = writer(request, conversation_id)
    actions.unmerge(principal, conversation_id)
    return shown.conversation(principal, conversation_id)


@router.post("/{uuid:conversation_id}/split", response={201: ConversationShown})
def split_conversation(request: HttpRequest, conversation_id: UUID, body: SplitWanted) -> Status[dict[str, Any]]:
    """Move some messages into a new conversation, and return that."""
    principal = writer(request, conversation_id)
    fresh = actions.split(principal, conversation_id, body.messages, body.subject)
    return Status(201, shown.conversation(principal, fresh.id))


@router.get("/{uuid:conversation_id}/links", response=list[LinkShown])
def list_links(request: HttpRequest, conversation_id: UUID) -> list[dict[str, Any]]:
    """List what a conversation has to do with others."""
    principal = demanded(request, "conversations.read")
    return shown.links(principal, reached(principal, conversation_id))


@router.post("/{uuid:conversation_id}/links", response={201: list[LinkShown]})
def link_conversation(request: HttpRequest, conversation_id: UUID, body: LinkWanted) -> Status[list[dict[str, Any]]]:
    """Say that this conversation is related to, a duplicate of, a follow-up of or caused by another; list its links."""
    principal = writer(request, conversation_id)
    found = reached(principal, conversation_id)
    reached(principal, body.other)
    actions.link(principal, conversation_id, body.other, body.kind)
    return Status(201, shown.links(principal, found))


@router.delete("/{uuid:conversation_id}/links/{uuid:link_id}", response={204: None})
def unlink_conversation(request: HttpRequest, conversation_id: UUID, link_id: UUID) -> None:
    """Take a link away, from either side."""
    principal = writer(request, conversation_id)
    reached(principal, conversation_id)
    link = Link.objects.filter(pk=link_id).first()
    if link is None or conversation_id not in (link.one_id, link.other_id):
        raise NoSuchLink
    actions.unlink(principal, link.one_id, link.other_id, link.kind)

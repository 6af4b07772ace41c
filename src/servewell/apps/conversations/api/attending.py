"""Who attends to a conversation? One follows it, has it open, types, has read so far."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from servewell.apps.conversations import actions
from servewell.apps.conversations.api import shown
from servewell.apps.conversations.api.reading import demanded, reached, router
from servewell.apps.conversations.api.shapes import Looker, example

READ, WRITE = "conversations.read", "conversations.write"
__all__ = ["router"]


class LookingWanted(Schema):
    """What one does with it just now."""

    model_config = example(state="typing")

    state: Literal["looking", "typing"] = "looking"


class ReadWanted(Schema):
    """How far one has read."""

    model_config = example(position=12)

    position: int = Field(ge=0, le=2**31 - 1, description="of the last message that was seen")


@router.put("/{uuid:conversation_id}/following", response={204: None})
def follow(request: HttpRequest, conversation_id: UUID) -> None:
    """Follow a conversation: one hears of what happens in it."""
    principal = demanded(request, READ)
    actions.follow(principal, reached(principal, conversation_id).id)


@router.delete("/{uuid:conversation_id}/following", response={204: None})
def unfollow(request: HttpRequest, conversation_id: UUID) -> None:
    """Follow a conversation no longer."""
    principal = demanded(request, READ)
    actions.unfollow(principal, reached(principal, conversation_id).id)


@router.put("/{uuid:conversation_id}/followers/{uuid:user_id}", response={204: None})
def add_follower(request: HttpRequest, conversation_id: UUID, user_id: UUID) -> None:
    """Let a colleague who may read it follow a conversation."""
    principal = demanded(request, WRITE)
    actions.follow(principal, reached(principal, conversation_id).id, user_id)


@router.delete("/{uuid:conversation_id}/followers/{uuid:user_id}", response={204: None})
def remove_follower(request: HttpRequest, conversation_id: UUID, user_id: UUID) -> None:
    """Let a colleague follow a conversation no longer."""
    principal = demanded(request, WRITE)
    actions.unfollow(principal, reached(principal, conversation_id).id, user_id)


@router.put("/{uuid:conversation_id}/looking", response=list[Looker])
def look(request: HttpRequest, conversation_id: UUID, body: LookingWanted) -> list[dict[str, Any]]:
    """Say that one has it open or types in it, and list who else does; it counts for 30 seconds, so repeat it."""
    principal = demanded(request, READ)
    actions.look(principal, reached(principal, conversation_id).id, body.state)
    return shown.looking(principal, conversation_id)


@router.delete("/{uuid:conversation_id}/looking", response={204: None})
def leave(request: HttpRequest, conversation_id: UUID) -> None:
    """Say that one has closed it."""
    principal = demanded(request, READ)
    actions.look(principal, reached(principal, conversation_id).id, None)


@router.put("/{uuid:conversation_id}/read", response={204: None})
def mark_read(request: HttpRequest, conversation_id: UUID, body: ReadWanted) -> None:
    """Remember how far one has read; it never goes back."""
    principal = demanded(request, READ)
    actions.mark_read(principal, reached(principal, conversation_id).id, body.position)

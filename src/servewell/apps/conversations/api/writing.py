"""One conversation is worked on: answered, noted, changed, given and taken."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import AwareDatetime, Field

from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import KEEP, Change
from servewell.apps.conversations.api import shown
from servewell.apps.conversations.api.reading import router, writer
from servewell.apps.conversations.api.shapes import (
    EXAMPLE_ID,
    ConversationShown,
    MessageShown,
    NoteKept,
    NoteWanted,
    Priorities,
    ReplyWanted,
    Statuses,
    example,
)
from servewell.apps.conversations.attachments import access
from servewell.apps.conversations.models import Message
from servewell.apps.people.auth import language_of

__all__ = ["router"]


class ConversationChange(Schema):
    """What is to change; what is left out stays, and so does what is null, except where null means nobody or none."""

    model_config = example(status="solved", tags_add=[EXAMPLE_ID], fields={"order": "SO-20260310-7"}, version=4)

    status: Statuses | None = None
    priority: Priorities | None = None
    assignee: UUID | None = Field(default=None, description="null: nobody")
    team: UUID | None = Field(default=None, description="null: no team")
    subject: str | None = None
    language: str | None = None
    tags: list[UUID] | None = Field(default=None, max_length=100, description="exactly these")
    tags_add: list[UUID] = Field(default_factory=list, max_length=100)
    tags_remove: list[UUID] = Field(default_factory=list, max_length=100)
    fields: dict[str, Any] = Field(default_factory=dict, description="key -> value; null takes it away")
    snoozed_until: AwareDatetime | None = Field(default=None, description="null: wake it")
    version: int | None = Field(default=None, ge=0, description="the one that was seen; others' changes since are told")

    def change(self) -> Change:
        """Return it as the verb takes it."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"version"}}
        for name in ("tags", "tags_add", "tags_remove"):
            if given.get(name) is not None:
                given[name] = tuple(given[name])
        return Change(**given)


class Classification(Schema):
    """What a conversation is about."""

    model_config = example(contact_type="complaint", sentiment="negative")

    contact_type: Literal["inquiry", "complaint", "suggestion", "other"]
    sentiment: Literal["negative", "neutral", "positive"] | None = Field(default=None, description="null: as it was")


class AssignmentWanted(Schema):
    """To whom a conversation goes; what is left out stays."""

    model_config = example(team=EXAMPLE_ID, assignee=None, reason="退款需要财务处理")

    assignee: UUID | None = Field(default=None, description="null: nobody")
    team: UUID | None = Field(default=None, description="null: no team")
    reason: str = Field(default="", description="kept as a note")


@router.patch("/{uuid:conversation_id}", response=ConversationShown)
def change_conversation(request: HttpRequest, conversation_id: UUID, body: ConversationChange) -> dict[str, Any]:
    """Change a conversation, all that is named or nothing.

    With `version`, what others changed since is held against it: where both touched the same, nothing is changed and
    409 `conversations-changed` says in `changed` what they did, when and to what.
    """
    principal = writer(request, conversation_id)
    actions.change(principal, conversation_id, body.change(), version=body.version)
    return shown.conversation(principal, conversation_id)


@router.post("/{uuid:conversation_id}/take", response=ConversationShown)
def take_conversation(request: HttpRequest, conversation_id: UUID) -> dict[str, Any]:
    """Take a conversation that nobody has; of many who do so at once one gets it."""
    principal = writer(request, conversation_id)
    actions.take(principal, conversation_id)
    return shown.conversation(principal, conversation_id)


@router.post("/{uuid:conversation_id}/assign", response=ConversationShown)
def assign_conversation(request: HttpRequest, conversation_id: UUID, body: AssignmentWanted) -> dict[str, Any]:
    """Give a conversation to a person, a team, or nobody."""
    principal = writer(request, conversation_id)
    given = {name: getattr(body, name) if name in body.model_fields_set else KEEP for name in ("assignee", "team")}
    actions.assign(principal, conversation_id, reason=body.reason, **given)
    return shown.conversation(principal, conversation_id)


@router.put("/{uuid:conversation_id}/classification", response=ConversationShown)
def classify_conversation(request: HttpRequest, conversation_id: UUID, body: Classification) -> dict[str, Any]:
    """Say what a conversation is about, and how the customer feels."""
    principal = writer(request, conversation_id)
    actions.classify(principal, conversation_id, **body.model_dump())
    return shown.conversation(principal, conversation_id)


@router.post("/{uuid:conversation_id}/messages", response={201: MessageShown})
def reply(request: HttpRequest, conversation_id: UUID, body: ReplyWanted) -> Status[dict[str, Any]]:
    """Write to the customer; the message is queued for its channel.

    With `seen`, nothing is sent if others wrote meanwhile: 409 `conversations-changed` carries it in `messages`.
    Send it again with `anyway`, or with the new `seen`.
    """
    principal = writer(request, conversation_id)
    access.demand_usable(principal, body.attachments)
    message = actions.reply(principal, conversation_id, **body.model_dump())
    return Status(201, _message(request, message))


@router.post("/{uuid:conversation_id}/notes", response={201: NoteKept})
def note(request: HttpRequest, conversation_id: UUID, body: NoteWanted) -> Status[dict[str, Any]]:
    """Keep a note for colleagues, and call on some of them; the customer never sees it."""
    principal = writer(request, conversation_id)
    access.demand_usable(principal, body.attachments)
    kept = actions.note(principal, conversation_id, **body.model_dump())
    told = {"unseen": list(kept.unseen), "unknown": list(kept.unknown), "sentences": list(kept.sentences)}
    return Status(201, {"message": _message(request, kept.message), **told})


def _message(request: HttpRequest, message: Message) -> dict[str, Any]:
    return shown.messages([message], language_of(request))[0]

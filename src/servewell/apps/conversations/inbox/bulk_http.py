"""Many conversations over HTTP: changed in one go, and put back."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from servewell.apps.conversations import actions
from servewell.apps.conversations.actions.bulk import MOST, Done
from servewell.apps.conversations.changes import KEEP, Change
from servewell.apps.conversations.inbox import views
from servewell.apps.conversations.inbox.filters import Filters, Priorities, Statuses
from servewell.apps.people.auth import acting

router = Router()


class ChosenOne(Schema):
    """A conversation that is to be changed."""

    id: UUID
    version: int | None = Field(default=None, description="that was seen; what others changed since is not overwritten")


class ChangeWanted(Schema):
    """What is to become of them; what is left out stays."""

    status: Statuses | None = None
    priority: Priorities | None = None
    assignee: UUID | Literal["me"] | None = Field(default=None, description="null: nobody")
    team: UUID | None = Field(default=None, description="null: no team")
    tags_add: list[UUID] = Field(default_factory=list, max_length=50)
    tags_remove: list[UUID] = Field(default_factory=list, max_length=50)
    snoozed_until: datetime | None = Field(default=None, description="null: wake them")

    def as_change(self, me: UUID | None) -> Change:
        """Return it as the verb takes it: of what may be null, only what was named."""
        return Change(
            status=self.status,
            priority=self.priority,
            assignee=me if self.assignee == "me" else self._or_keep("assignee"),
            team=self._or_keep("team"),
            tags_add=tuple(self.tags_add),
            tags_remove=tuple(self.tags_remove),
            snoozed_until=self._or_keep("snoozed_until"),
        )

    def _or_keep(self, name: str) -> Any:
        return getattr(self, name) if name in self.model_fields_set else KEEP


class BulkWanted(Schema):
    """Which conversations, and what is to become of them: `conversations`, or all that `view` and `filters` find."""

    conversations: list[ChosenOne] | None = Field(default=None, max_length=MOST)
    view: str | None = Field(default=None, max_length=40)
    filters: Filters | None = None
    change: ChangeWanted


class RefusedShown(Schema):
    """A conversation that stayed as it is."""

    id: UUID
    number: int | None
    sentence: str


class BulkDone(Schema):
    """What came of it."""

    operation: UUID
    changed: int
    refused: list[RefusedShown]
    undo_until: datetime


@router.post("/bulk", response=BulkDone)
def change_together(request: HttpRequest, body: BulkWanted) -> dict[str, Any]:
    """Change up to 500 conversations in one go; what cannot be changed is refused singly."""
    principal, wanted = acting(request), body.change
    if body.conversations is not None:
        chosen = {one.id: one.version for one in body.conversations}
        return _shown(actions.bulk(principal, wanted.as_change(principal.id), chosen=chosen))
    filters = body.filters
    if body.view is not None:
        named = {name: getattr(filters, name) for name in filters.model_fields_set} if filters else {}
        filters = views.named(principal, body.view).filters.model_copy(update=named)
    return _shown(actions.bulk(principal, wanted.as_change(principal.id), filters=filters))


@router.post("/bulk/{uuid:operation}/undo", response=BulkDone)
def undo_bulk(request: HttpRequest, operation: UUID) -> dict[str, Any]:
    """Put back what was before, where nobody changed it since; for a day, by who did it."""
    return _shown(actions.undo(acting(request), operation))


def _shown(done: Done) -> dict[str, Any]:
    refused = [{"id": one.id, "number": one.number, "sentence": one.sentence} for one in done.refused]
    return {"operation": done.operation, "changed": done.changed, "refused": refused, "undo_until": done.undo_until}

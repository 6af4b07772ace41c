"""What is asked of a conversation in one go? Only what is given is changed, all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from servewell.apps.conversations.models import Message


class Keep(Enum):
    """Says that something is not to change, where None is a value."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for."""

    status: str | None = None  # of models.Status
    priority: str | None = None  # of models.PRIORITIES
    assignee: UUID | Keep | None = KEEP  # None: nobody
    team: UUID | Keep | None = KEEP  # None: no team
    subject: str | None = None
    language: str | None = None  # code, or "" for not known
    tags: tuple[UUID, ...] | None = None  # exactly these; or:
    tags_add: tuple[UUID, ...] = ()
    tags_remove: tuple[UUID, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)  # key -> value, None takes it away
    snoozed_until: datetime | Keep | None = KEEP  # None: wake it

    def things(self) -> frozenset[str]:
        """Return what it touches. Tags that are added or taken away one by one get in nobody's way."""
        given = {
            "status": self.status is not None,
            "priority": self.priority is not None,
            "assignee": self.assignee is not KEEP,
            "team": self.team is not KEEP,
            "subject": self.subject is not None,
            "language": self.language is not None,
            "tags": self.tags is not None,
            "snoozed_until": self.snoozed_until is not KEEP,
        }
        return frozenset(what for what, is_given in given.items() if is_given) | {
            f"fields.{key}" for key in self.fields
        }


@dataclass(frozen=True, slots=True)
class Noted:
    """A note that was kept, and whom it will not reach."""

    message: Message
    unseen: tuple[str, ...]  # names of those who were called on and cannot read this conversation
    unknown: tuple[UUID, ...]  # whom nobody here is called
    sentences: tuple[str, ...]  # the same in words, in the writer's language


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation that one of us began."""

    conversation_id: UUID
    number: int
    message: Message | None  # what was written to the customer at once

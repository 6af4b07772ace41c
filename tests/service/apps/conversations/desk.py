"""What the tests of conversations share: a desk with a team, an agent, a conversation, and looks at what happened."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests import build

from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation
from servewell.apps.journal.models import Event


@dataclass
class Desk:
    """A team with two agents, another team with one, a manager."""

    team: Any = field(default_factory=build.team)
    other_team: Any = field(default_factory=lambda: build.team("Returns"))

    def __post_init__(self) -> None:
        self.lin = build.person("lin", "agent", self.team)
        self.mei = build.person("mei", "agent", self.team)
        self.far = build.person("far", "agent", self.other_team)
        self.boss = build.person("boss", "manager")
        self.auditor = build.person("auditor", "auditor")

    def who(self, name: str) -> Principal:
        """Return one of them as who acts, speaking English."""
        user = getattr(self, name)
        user.language = "en"
        principal: Principal = user.principal()
        return principal

    def received(self, text: str = "Where is my parcel?", **changes: Any) -> UUID:
        """Let a customer write to the team; return the conversation."""
        message = build.inbound(text, **{"team": self.team.id, **changes})
        return actions.receive(SYSTEM, message).conversation_id


def row(conversation_id: UUID) -> Conversation:
    return Conversation.objects.get(pk=conversation_id)


def told(conversation_id: UUID) -> list[str]:
    """Return what the journal was told of a conversation, in its order."""
    rows = Event.objects.filter(conversation=conversation_id).order_by("seq")
    return [name.partition(".")[2] for name in rows.values_list("activity", flat=True)]


def last(conversation_id: UUID, what: str) -> dict[str, Any]:
    """Return what the last event of a name carries."""
    event = Event.objects.filter(conversation=conversation_id, activity=f"conversation.{what}").order_by("seq").last()
    assert event is not None, f"no {what} was told"
    return event.attributes or {}

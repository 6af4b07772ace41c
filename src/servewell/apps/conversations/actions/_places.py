"""Where does a message belong? Looked up in one statement, before anything is locked."""

from dataclasses import dataclass, replace
from uuid import UUID

from servewell.apps.base import statements
from servewell.apps.conversations.errors import NoSuchConversation, NoSuchTeam
from servewell.apps.conversations.inbound import InboundMessage
from servewell.apps.conversations.queries import SQL


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs, as looked up before anything is locked; merges are followed."""

    message: UUID | None = None  # we have it already
    repeat: UUID | None = None  # and it stands there
    thread: UUID | None = None  # the conversation of its thread
    answered: UUID | None = None  # the conversation of the nearest message that it answers
    ours: UUID | None = None  # the conversation of the message of ours that it answers
    named: UUID | None = None  # the conversation that it names itself
    whose: UUID | None = None  # who goes on for the customer of that one
    team: UUID | None = None  # of a new conversation
    default_team: UUID | None = None  # if it takes work

    @property
    def known(self) -> UUID | None:
        """Return the conversation that only those know who belong to it."""
        return self.thread or self.answered or self.ours


def find(message: InboundMessage) -> Place:
    """Return where it belongs; NoSuchConversation, NoSuchTeam for what it names and there is not."""
    values = {
        "source": message.source,
        "external_id": message.external_id,
        "thread": message.thread,
        "answers": list(message.answers),
        "ours": message.ours,
        "conversation": message.conversation,
        "team": message.team,
        "default_team": message.default_team,
    }
    place = Place()
    for what, found, known, whose in statements.prepared(SQL["place"], values):
        more = {"message": {"repeat": found, "message": known}, "named": {"named": found, "whose": whose}}
        place = replace(place, **more.get(what, {what: found}))
    if message.conversation is not None and place.named is None:
        raise NoSuchConversation
    if message.team is not None and place.team is None:
        raise NoSuchTeam
    return place

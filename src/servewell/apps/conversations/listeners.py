"""What does this room do when something happens below it?"""

from uuid import UUID

from servewell.apps.base.principal import Principal
from servewell.apps.conversations import actions, jobs
from servewell.apps.journal.events import Event
from servewell.apps.journal.listening import Recorded, listens
from servewell.apps.people import permissions


@listens("customer.erased")
def erase(event: Event, recorded: Recorded) -> None:
    """A person is erased: their conversations go, while their id still means something."""
    if event.customer is not None:
        actions.erase_customer(event.customer)


@listens("people.deactivated", "people.role_changed")
def give_back(event: Event, recorded: Recorded) -> None:
    """Somebody is shut out, or answers customers no more (an auditor): what they had is free for others."""
    user, role = event.attributes.get("user"), event.attributes.get("role")
    answers = role is not None and permissions.can(Principal("agent", None, role), "conversations.write")
    if isinstance(user, UUID) and not answers:
        jobs.give_back(user, event.actor)

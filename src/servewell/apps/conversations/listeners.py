"""What does this room do when something happens below it?"""

from uuid import UUID

from servewell.apps.conversations import actions
from servewell.apps.journal.events import Event
from servewell.apps.journal.listening import Recorded, listens


@listens("customer.erased")
def erase(event: Event, recorded: Recorded) -> None:
    """A person is erased: their conversations go, while their id still means something."""
    if event.customer is not None:
        actions.erase_customer(event.customer)


@listens("people.deactivated")
def give_back(event: Event, recorded: Recorded) -> None:
    """Somebody is shut out: what they had is free for others."""
    user = event.attributes.get("user")
    if isinstance(user, UUID):
        actions.give_back(user, event.actor)

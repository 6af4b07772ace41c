"""What is done when something happens below? Who is erased is forgotten here too, and their tokens stop."""

from servewell.apps.channels.webchat import actions
from servewell.apps.journal.events import Event
from servewell.apps.journal.listening import Recorded, listens


@listens("customer.erased")
def forget_customer(event: Event, recorded: Recorded) -> None:
    """The browsers of an erased customer are nobody's any more."""
    if event.customer is not None:
        actions.forget_customer(event.customer)

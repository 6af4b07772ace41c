"""What does search do when something happens to a customer? Their conversations are found by other names then."""

from pathlib import Path

from servewell.apps.base import statements
from servewell.apps.journal.events import Event
from servewell.apps.journal.listening import Recorded, listens

SQL = statements.load(Path(__file__).with_name("statements.sql"))


@listens("customer.changed", "customer.identified", "customer.merged", "customer.unmerged", "customer.erased")
def see_to_names(event: Event, recorded: Recorded) -> None:
    """Note the customer: one row, however many conversations they have."""
    statements.run(SQL["due_of_customer"], {"customer": event.customer})

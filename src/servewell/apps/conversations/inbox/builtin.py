"""Which lists has everybody? Each is filters and an order; saved views are more of the same."""

from dataclasses import dataclass

from servewell.apps.conversations.inbox.filters import Filters

LATELY = 7 * 86400.0  # s
_ANY = Filters(status=["open", "waiting_us", "waiting_customer", "solved", "closed"], snoozed="any")


@dataclass(frozen=True, slots=True)
class View:
    """A list with a name."""

    id: str  # in the API
    filters: Filters
    order: str


_ALL = (
    View("mine", Filters(assignee=["me"]), "due"),
    View("unassigned", Filters(assignee=["none"], team=["mine"]), "due"),
    View("teams", Filters(team=["mine"]), "due"),
    View("all", Filters(), "due"),
    View("following", Filters(following=True), "due"),
    View("mentioned", Filters(mentioned=True), "due"),
    View("snoozed", Filters(snoozed="only"), "snoozed"),
    View("waiting_us", Filters(waiting=True), "waiting"),
    View("waiting_customer", Filters(waiting=False), "waiting"),
    View("solved", Filters(status=["solved"], solved_within_s=LATELY, snoozed="any"), "newest"),
    View("everything", _ANY, "newest"),
)
VIEWS = {view.id: view for view in _ALL}


def is_everybodys(filters: Filters) -> bool:
    """Are these the filters of one of the lists that everybody has? What they ask is worth being prepared."""
    return any(filters == view.filters for view in _ALL)

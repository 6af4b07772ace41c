"""What the room remembers: that logs were asked for, and came, failed or went."""

from servewell.apps.insight.errors import ImportBroke, Interrupted
from servewell.apps.journal.events import ID, NO_CONTACT, NUMBER, EventType, define, known_as
from servewell.engines.mining.errors import CODES


def _reasons() -> frozenset[str]:
    return frozenset(CODES) | {ImportBroke.slug, Interrupted.slug}


LOG_REQUESTED = define(EventType("insight.log_requested", NO_CONTACT, {"log": ID}))
LOG_IMPORTED = define(
    EventType("insight.log_imported", NO_CONTACT, {"log": ID, "events": NUMBER, "cases": NUMBER, "set_aside": NUMBER})
)
LOG_FAILED = define(
    EventType("insight.log_failed", NO_CONTACT, {"log": ID, "reason": known_as("code of an error", _reasons)})
)
LOG_DELETED = define(EventType("insight.log_deleted", NO_CONTACT, {"log": ID}))

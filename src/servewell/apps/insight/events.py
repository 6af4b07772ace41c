"""What the room remembers: that logs came and went."""

from servewell.apps.journal.events import ID, NO_CONTACT, NUMBER, EventType, define

LOG_IMPORTED = define(
    EventType("insight.log_imported", NO_CONTACT, {"log": ID, "events": NUMBER, "cases": NUMBER, "set_aside": NUMBER})
)
LOG_DELETED = define(EventType("insight.log_deleted", NO_CONTACT, {"log": ID}))

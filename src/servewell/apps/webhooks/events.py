"""What the journal remembers of webhooks. Addresses and secrets are never in it."""

from servewell.apps.journal.events import ID, NO_CONTACT, NUMBER, EventType, define, list_of, one_of

_FIELDS = one_of("url", "description", "events", "content")

CREATED = define(EventType("webhook.created", NO_CONTACT, {"webhook": ID}))
CHANGED = define(EventType("webhook.changed", NO_CONTACT, {"webhook": ID, "fields": list_of(_FIELDS)}))
REMOVED = define(EventType("webhook.removed", NO_CONTACT, {"webhook": ID, "dropped": NUMBER}))
PAUSED = define(
    EventType("webhook.paused", NO_CONTACT, {"webhook": ID, "reason": one_of("by_hand", "gone", "failing")})
)
RESUMED = define(EventType("webhook.resumed", NO_CONTACT, {"webhook": ID}))
ROTATED = define(EventType("webhook.rotated", NO_CONTACT, {"webhook": ID, "overlap_h": NUMBER}))
PINGED = define(EventType("webhook.pinged", NO_CONTACT, {"webhook": ID}))
REPLAYED = define(EventType("webhook.replayed", NO_CONTACT, {"webhook": ID, "deliveries": NUMBER}))

"""What the journal remembers of channels. Addresses and words are never in it."""

from servewell.apps.channels.frame.models import Arrival
from servewell.apps.journal.events import ID, NO_CONTACT, NUMBER, EventType, define, list_of, one_of

_OUTCOME = one_of(*(code for code in Arrival.Outcome.values if code))

FIELDS = ("name", "address", "team", "language", "per_minute", "options", "secrets")  # what `change` changes
ACCOUNT_CREATED = define(EventType("channel.account_created", NO_CONTACT, {"account": ID}))
ACCOUNT_CHANGED = define(
    EventType(
        "channel.account_changed", NO_CONTACT, {"account": ID, "fields": list_of(one_of(*FIELDS)), "version": NUMBER}
    )
)
ACCOUNT_PAUSED = define(EventType("channel.account_paused", NO_CONTACT, {"account": ID}))
ACCOUNT_RESUMED = define(EventType("channel.account_resumed", NO_CONTACT, {"account": ID}))
ACCOUNT_REMOVED = define(EventType("channel.account_removed", NO_CONTACT, {"account": ID}))
FAILED = define(EventType("channel.failed", NO_CONTACT, {"account": ID}))  # it worked until now
RECOVERED = define(EventType("channel.recovered", NO_CONTACT, {"account": ID, "failed_s": NUMBER}))
SET_ASIDE = define(EventType("channel.set_aside", NO_CONTACT, {"account": ID, "arrival": ID, "outcome": _OUTCOME}))
PASSED = define(EventType("channel.passed", NO_CONTACT, {"account": ID, "arrival": ID, "outcome": _OUTCOME}))
RETRIED = define(EventType("channel.retried", NO_CONTACT, {"account": ID, "arrival": ID}))
DISCARDED = define(EventType("channel.discarded", NO_CONTACT, {"account": ID, "arrival": ID}))
# More automatic answers to one address within an hour than are allowed: they stop until the hour is over.
ANSWERS_STOPPED = define(EventType("channel.answers_stopped", NO_CONTACT, {"account": ID, "answers": NUMBER}))

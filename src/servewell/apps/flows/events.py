"""What happens in a flow? Its elements begin and end; which one stands in the event's `element`.

And how are the rules changed by which contacts are sorted?
"""

from servewell.apps.journal.events import ID, NO_CONTACT, NUMBER, EventType, define, one_of

STARTED = define(EventType("flow.started", attributes={"instance": ID}, flows=True))
ELEMENT = define(
    EventType(
        "flow.element",
        attributes={"instance": ID, "round": NUMBER, "outcome": one_of("granted", "sent_back")},
        flows=True,
        money=True,
    )
)
COMPLETED = define(EventType("flow.completed", attributes={"instance": ID}, flows=True))

# The rules of the reception: which team a new contact goes to.
RULE_CREATED = define(EventType("flow.rule_created", NO_CONTACT, {"rule": ID}))
RULE_CHANGED = define(EventType("flow.rule_changed", NO_CONTACT, {"rule": ID}))
RULE_REMOVED = define(EventType("flow.rule_removed", NO_CONTACT, {"rule": ID}))
RULES_ORDERED = define(EventType("flow.rules_ordered", NO_CONTACT, {"rules": NUMBER}))

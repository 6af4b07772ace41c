"""What happens in a flow? Its elements begin and end; which one stands in the event's `element`."""

from servewell.apps.journal.events import ID, NUMBER, EventType, define, one_of

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

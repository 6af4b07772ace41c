"""What can happen in a flow? Its elements begin and end; which one stands in the event's `element`."""

from servewell.apps.journal.events import EventType, define, one_of

ELEMENT = define(
    EventType("flows.element", attributes={"outcome": one_of("granted", "sent_back")}, flows=True, money=True)
)

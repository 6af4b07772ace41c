"""What happens to a conversation? The names the journal knows."""

from servewell.apps.journal.events import BOOLEAN, ID, NUMBER, EventType, define, one_of

_URGENCY = one_of("low", "normal", "high")

OPENED = define(EventType("conversation.opened"))
MESSAGE_RECEIVED = define(EventType("conversation.message_received", attributes={"message": ID, "attachments": NUMBER}))
CLASSIFIED = define(
    EventType("conversation.classified", attributes={"confidence": NUMBER, "urgency": _URGENCY, "simple": BOOLEAN})
)
ASSIGNED = define(EventType("conversation.assigned", attributes={"agent": ID, "waited_s": NUMBER}))
TRANSFERRED = define(EventType("conversation.transferred", attributes={"from_team": ID, "from_agent": ID, "agent": ID}))
REPLIED = define(
    EventType("conversation.replied", attributes={"message": ID, "attachments": NUMBER, "suggested": BOOLEAN})
)
SOLVED = define(EventType("conversation.solved", attributes={"handled_s": NUMBER}))
REOPENED = define(EventType("conversation.reopened", attributes={"solved_for_s": NUMBER}))
ABANDONED = define(EventType("conversation.abandoned", attributes={"waited_s": NUMBER}))
CLOSED = define(EventType("conversation.closed", attributes={"by": one_of("customer", "agent", "time")}))

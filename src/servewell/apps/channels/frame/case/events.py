"""What does the journal remember of links? Who took one back, and what a customer did with theirs."""

from servewell.apps.journal.events import EventType, define

REVOKED = define(EventType("channel.link_revoked"))
RENEWED = define(EventType("channel.link_renewed"))
SOLVED = define(EventType("channel.solved_by_customer"))  # beside `conversation.solved`
TRANSCRIPT_ASKED = define(EventType("channel.transcript_asked"))
TRANSCRIPT_SENT = define(EventType("channel.transcript_sent"))

"""What can happen to a conversation as a whole?"""

from servewell.apps.journal.events import EventType, define

OPENED = define(EventType("conversations.opened"))
REOPENED = define(EventType("conversations.reopened"))
ABANDONED = define(EventType("conversations.abandoned"))

"""What is stored of a conversation? Read `conversation.py` first, then `message.py`."""

from servewell.apps.conversations.models.canned import CannedReply
from servewell.apps.conversations.models.conversation import (
    ACTIVE,
    PRIORITIES,
    Channel,
    Conversation,
    Priority,
    Status,
)
from servewell.apps.conversations.models.labels import Field, Tag
from servewell.apps.conversations.models.message import Author, Delivery, Message, MessageAttachment, MessageKind
from servewell.apps.conversations.models.relations import Follower, Link, LinkKind, Looking, LookingState, ReadMark
from servewell.apps.conversations.models.search import SearchDocument, SearchDue, SearchFigures, SearchTerm
from servewell.apps.conversations.models.views import Bulk, SavedView

__all__ = [
    "ACTIVE",
    "PRIORITIES",
    "Author",
    "Bulk",
    "CannedReply",
    "Channel",
    "Conversation",
    "Delivery",
    "Field",
    "Follower",
    "Link",
    "LinkKind",
    "Looking",
    "LookingState",
    "Message",
    "MessageAttachment",
    "MessageKind",
    "Priority",
    "ReadMark",
    "SavedView",
    "SearchDocument",
    "SearchDue",
    "SearchFigures",
    "SearchTerm",
    "Status",
    "Tag",
]

"""What happens to a conversation? The names the journal knows.

`version` is the number the conversation's row had after the change: it says what happened since somebody looked.
Status, owner, team, priority and tags can be told from a conversation's events alone; texts (subject, fields) are never
in them.

`undoes` marks what the undoing of a change in one go tells: it takes back what that change told, and who counts
(solutions, reopenings, transfers) counts neither.
"""

from collections.abc import Mapping

from servewell.apps.conversations.models import PRIORITIES, Delivery, LinkKind, Status
from servewell.apps.journal.events import (
    BOOLEAN,
    EXCLUDABLE,
    ID,
    NUMBER,
    EventType,
    Kind,
    define,
    list_of,
    one_of,
)

_URGENCY = one_of("low", "normal", "high")
_STATUS = one_of(*Status.values)
_PRIORITY = one_of(*PRIORITIES)
_NO_CASE = EXCLUDABLE


def _changed(what: str, attributes: Mapping[str, Kind]) -> EventType:
    """Define an event that changed the conversation's row."""
    return define(EventType(f"conversation.{what}", attributes={**attributes, "version": NUMBER}))


# `rule`: of the reception, which gave its team, priority or tags.
OPENED = _changed("opened", {"status": _STATUS, "continues": ID, "split_from": ID, "rule": ID})
MESSAGE_RECEIVED = _changed(
    "message_received", {"message": ID, "attachments": NUMBER, "status": _STATUS, "blocked": BOOLEAN}
)
CLASSIFIED = _changed("classified", {"confidence": NUMBER, "urgency": _URGENCY, "simple": BOOLEAN})
# The team is the event's own; `from_team` is null, too, where it had none: hence `team_changed`.
ASSIGNED = _changed("assigned", {"agent": ID, "from_team": ID, "team_changed": BOOLEAN, "waited_s": NUMBER})
TRANSFERRED = _changed("transferred", {"from_team": ID, "from_agent": ID, "agent": ID, "undoes": BOOLEAN})
REPLIED = _changed("replied", {"message": ID, "attachments": NUMBER, "suggested": BOOLEAN, "status": _STATUS})
ACKNOWLEDGED = _changed("acknowledged", {"message": ID})  # by a program: nobody has answered yet
NOTED = _changed("noted", {"message": ID, "attachments": NUMBER, "mentions": list_of(ID)})
WAITING = _changed("waiting", {"before": _STATUS, "status": _STATUS, "undoes": BOOLEAN})  # among the active ones
SOLVED = _changed("solved", {"handled_s": NUMBER, "undoes": BOOLEAN})
REOPENED = _changed("reopened", {"solved_for_s": NUMBER, "status": _STATUS, "undoes": BOOLEAN})
ABANDONED = _changed("abandoned", {"waited_s": NUMBER})
_CLOSERS = one_of("customer", "agent", "time", "block")  # block: the customer is blocked
CLOSED = _changed("closed", {"by": _CLOSERS, "undoes": BOOLEAN})
PRIORITISED = _changed("prioritised", {"before": _PRIORITY, "priority": _PRIORITY, "undoes": BOOLEAN})
TAGGED = _changed("tagged", {"added": list_of(ID), "removed": list_of(ID), "undoes": BOOLEAN})
FIELD_CHANGED = _changed("field_changed", {"fields": list_of(ID)})
SUBJECT_CHANGED = _changed("subject_changed", {})
LANGUAGE_CHANGED = _changed("language_changed", {})
SNOOZED = _changed("snoozed", {"for_s": NUMBER, "undoes": BOOLEAN})
WOKEN = _changed("woken", {"by": one_of("customer", "agent", "time"), "undoes": BOOLEAN})
MERGED = _changed("merged", {"into": ID})  # of the one that goes on elsewhere
ABSORBED = _changed("absorbed", {"merged": ID, "status": _STATUS})  # of the one that goes on
UNMERGED = _changed("unmerged", {"into": ID})
RELEASED = _changed("released", {"merged": ID})  # of the one that went on meanwhile
CONTINUED = _changed("continued", {"new": ID})  # of a closed one, whose thread goes on in another
MESSAGES_ERASED = _changed("messages_erased", {"messages": NUMBER})  # of an erased person, in another's conversation
SPLIT = _changed("split", {"new": ID, "messages": NUMBER})  # of the one that was split
LINKED = define(EventType("conversation.linked", attributes={"other": ID, "kind": one_of(*LinkKind.values)}))
UNLINKED = define(EventType("conversation.unlinked", attributes={"other": ID, "kind": one_of(*LinkKind.values)}))
FOLLOWED = define(EventType("conversation.followed", attributes={"user": ID}))
UNFOLLOWED = define(EventType("conversation.unfollowed", attributes={"user": ID}))
DELIVERY_CHANGED = define(
    EventType("conversation.delivery_changed", attributes={"message": ID, "delivery": one_of(*Delivery.values)})
)
ERASED = define(
    EventType("conversation.erased", _NO_CASE, {"conversations": NUMBER, "messages": NUMBER, "files": NUMBER})
)
TAG_CREATED = define(EventType("conversation.tag_created", _NO_CASE, {"tag": ID}))
TAG_CHANGED = define(EventType("conversation.tag_changed", _NO_CASE, {"tag": ID}))
TAG_ARCHIVED = define(EventType("conversation.tag_archived", _NO_CASE, {"tag": ID}))
TAG_RESTORED = define(EventType("conversation.tag_restored", _NO_CASE, {"tag": ID}))
FIELD_CREATED = define(EventType("conversation.field_created", _NO_CASE, {"field": ID}))
FIELD_REDEFINED = define(EventType("conversation.field_redefined", _NO_CASE, {"field": ID}))
FIELD_ARCHIVED = define(EventType("conversation.field_archived", _NO_CASE, {"field": ID}))
FIELD_RESTORED = define(EventType("conversation.field_restored", _NO_CASE, {"field": ID}))
CANNED_CREATED = define(EventType("conversation.canned_created", _NO_CASE, {"canned": ID}))
CANNED_CHANGED = define(EventType("conversation.canned_changed", _NO_CASE, {"canned": ID}))
CANNED_ARCHIVED = define(EventType("conversation.canned_archived", _NO_CASE, {"canned": ID}))
CANNED_RESTORED = define(EventType("conversation.canned_restored", _NO_CASE, {"canned": ID}))
CANNED_USED = define(EventType("conversation.canned_used", attributes={"canned": ID}))
VIEW_SAVED = define(EventType("conversation.view_saved", _NO_CASE, {"view": ID}))
VIEW_REMOVED = define(EventType("conversation.view_removed", _NO_CASE, {"view": ID}))
CHANGED_TOGETHER = define(
    EventType("conversation.changed_together", _NO_CASE, {"bulk": ID, "conversations": NUMBER, "refused": NUMBER})
)
PUT_BACK = define(
    EventType("conversation.put_back", _NO_CASE, {"bulk": ID, "conversations": NUMBER, "refused": NUMBER})
)

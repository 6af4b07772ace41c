"""What can be done with conversations? Each verb changes state and records its event in one transaction.

All take who acts first, check that they may, lock the conversation's row and count up its version.
"""

from servewell.apps.conversations.actions.acknowledging import acknowledge
from servewell.apps.conversations.actions.altering import change
from servewell.apps.conversations.actions.answering import open_for, reply
from servewell.apps.conversations.actions.assigning import assign, give_back, take
from servewell.apps.conversations.actions.bulk import Done, Refused, bulk, undo
from servewell.apps.conversations.actions.canned import (
    CannedUsed,
    CannedWanted,
    change_canned,
    create_canned,
    use_canned,
)
from servewell.apps.conversations.actions.classifying import classify
from servewell.apps.conversations.actions.defining import (
    COLOURS,
    archive_field,
    archive_tag,
    change_field,
    change_tag,
    create_field,
    create_tag,
    restore_field,
    restore_tag,
)
from servewell.apps.conversations.actions.delivering import deliver, deliver_up_to
from servewell.apps.conversations.actions.erasing import erase_customer
from servewell.apps.conversations.actions.following import follow, unfollow
from servewell.apps.conversations.actions.linking import link, unlink
from servewell.apps.conversations.actions.looking import look, mark_read
from servewell.apps.conversations.actions.merging import merge, unmerge
from servewell.apps.conversations.actions.noting import note
from servewell.apps.conversations.actions.promising import set_due
from servewell.apps.conversations.actions.receiving import Sort, receive, receive_within
from servewell.apps.conversations.actions.splitting import split
from servewell.apps.conversations.actions.views import change_view, remove_view, save_view
from servewell.apps.conversations.actions.waiting import abandon, close_solved, leave, snooze, wake
from servewell.apps.conversations.changes import KEEP, Change, Noted, Opened
from servewell.apps.conversations.inbound import InboundFile, InboundMessage, Received, Sorting

__all__ = [
    "COLOURS",
    "KEEP",
    "CannedUsed",
    "CannedWanted",
    "Change",
    "Done",
    "InboundFile",
    "InboundMessage",
    "Noted",
    "Opened",
    "Received",
    "Refused",
    "Sort",
    "Sorting",
    "abandon",
    "acknowledge",
    "archive_field",
    "archive_tag",
    "assign",
    "bulk",
    "change",
    "change_canned",
    "change_field",
    "change_tag",
    "change_view",
    "classify",
    "close_solved",
    "create_canned",
    "create_field",
    "create_tag",
    "deliver",
    "deliver_up_to",
    "erase_customer",
    "follow",
    "give_back",
    "leave",
    "link",
    "look",
    "mark_read",
    "merge",
    "note",
    "open_for",
    "receive",
    "receive_within",
    "remove_view",
    "reply",
    "restore_field",
    "restore_tag",
    "save_view",
    "set_due",
    "snooze",
    "split",
    "take",
    "undo",
    "unfollow",
    "unlink",
    "unmerge",
    "use_canned",
    "wake",
]

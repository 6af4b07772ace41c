"""What can be done with conversations? Each verb changes state and records its event in one transaction.

All take who acts first, check that they may, lock the conversation's row and count up its version.
"""

from servewell.apps.conversations.actions.altering import change
from servewell.apps.conversations.actions.answering import open_for, reply
from servewell.apps.conversations.actions.assigning import assign, take
from servewell.apps.conversations.actions.bulk import Done, Refused, bulk, undo
from servewell.apps.conversations.actions.noting import note
from servewell.apps.conversations.actions.receiving import receive
from servewell.apps.conversations.actions.views import change_view, remove_view, save_view
from servewell.apps.conversations.changes import KEEP, Change, Noted, Opened
from servewell.apps.conversations.inbound import InboundFile, InboundMessage, Received

__all__ = [
    "KEEP",
    "Change",
    "Done",
    "InboundFile",
    "InboundMessage",
    "Noted",
    "Opened",
    "Received",
    "Refused",
    "assign",
    "bulk",
    "change",
    "change_view",
    "note",
    "open_for",
    "receive",
    "remove_view",
    "reply",
    "save_view",
    "take",
    "undo",
]

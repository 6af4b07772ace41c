"""What can be done to customers? Each verb changes state and records its event in one transaction."""

from servewell.apps.customers.actions.blocking import block, unblock
from servewell.apps.customers.actions.consenting import decide
from servewell.apps.customers.actions.defining import archive, define
from servewell.apps.customers.actions.erasing import erase
from servewell.apps.customers.actions.exporting import Export, export
from servewell.apps.customers.actions.finding import Found, find_or_create, meet
from servewell.apps.customers.actions.keeping import change, create
from servewell.apps.customers.actions.knowing import (
    accept_claim,
    add_identity,
    note_bounce,
    remove_claim,
    remove_identity,
    verify_identity,
)
from servewell.apps.customers.actions.merging import Conflict, Merged, dismiss, merge, unmerge

__all__ = [
    "Conflict",
    "Export",
    "Found",
    "Merged",
    "accept_claim",
    "add_identity",
    "archive",
    "block",
    "change",
    "create",
    "decide",
    "define",
    "dismiss",
    "erase",
    "export",
    "find_or_create",
    "meet",
    "merge",
    "note_bounce",
    "remove_claim",
    "remove_identity",
    "unblock",
    "unmerge",
    "verify_identity",
]

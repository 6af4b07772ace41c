"""What becomes of answers that wait to be fetched when their account gets a callback? They are called out after all."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from servewell.apps.base import clock, statements
from servewell.apps.base.errors import OutsideFailure
from servewell.apps.channels.api.sources import SQL
from servewell.apps.channels.frame.actions import sending
from servewell.apps.channels.frame.models import Account


def call_out(account: Account, before: Mapping[str, Any]) -> None:
    """Let what waits go to a callback that was not there before, each under its own id, in the caller's transaction."""
    if before.get("callback_url") or not account.options.get("callback_url"):
        return
    statements.run(SQL["call_anew"], {"account": account.id, "now": clock.now()})
    for message, conversation in statements.rows(SQL["uncalled"], {"account": account.id}):
        sending.put(message, conversation)


def demand_no_callback(account_id: UUID) -> None:
    """Refuse to let an answer wait where a callback was entered meanwhile; then it is tried again, and called."""
    if any(url for (url,) in statements.rows(SQL["callback"], {"account": account_id})):
        raise OutsideFailure("a callback was entered meanwhile", permanent=False)

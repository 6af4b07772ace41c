"""Which calls of the outbox are an account's, and when are they tried?"""

from datetime import datetime
from uuid import UUID

from servewell.apps.base import clock, statements
from servewell.apps.channels.frame.queries import KIND, SQL

__all__ = ["KIND", "hurry", "put_off"]


def hurry(account: UUID) -> int:
    """Let what waits to go out by an account be tried at once; return how many calls that moved."""
    return statements.run(SQL["hurry_calls"], {"kind": KIND, "account": account, "now": clock.now()})


def put_off(account: UUID, until: datetime) -> int:
    """Let what waits to go out by an account, and nobody sends just now, wait until then; return how many calls."""
    return statements.run(SQL["put_calls_off"], {"kind": KIND, "account": account, "until": until})

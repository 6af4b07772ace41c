"""When is the next message's turn? An account sends no more in a minute than its other side allows.

The generic cell rate algorithm, one statement in PostgreSQL for all workers: each asks once and gets a moment, in the
order of asking. A tenth of a minute's messages may go at once; so in no minute are there more than allowed.
"""

import math
from datetime import datetime, timedelta
from uuid import UUID

from servewell.apps.base import clock, statements
from servewell.apps.channels.frame.queries import SQL


def next_turn(account: UUID, per_minute: int) -> datetime:
    """Reserve and return the moment when one more message may go: now, or later."""
    at_once = 1 + per_minute // 10
    values = {
        "account": account,
        "now": clock.now(),
        "apart_s": apart(per_minute).total_seconds(),
        "ahead_s": (at_once - 1) * apart(per_minute).total_seconds(),
    }
    turn: datetime = statements.prepared(SQL["next_turn"], values)[0][0]
    return turn


def apart(per_minute: int) -> timedelta:
    """Return how far apart messages go: n at once and one each so often are `per_minute` within any minute."""
    at_once = 1 + per_minute // 10
    return timedelta(microseconds=math.ceil(60_000_000 / (per_minute - at_once + 1)))

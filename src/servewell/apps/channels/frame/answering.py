"""May a machine of ours answer this address once more? Not without end: two machines would never stop."""

from servewell.apps.base import settings
from servewell.apps.channels.frame import actions
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.frame.options import ANSWERS_PER_HOUR


def may_answer(address_key: str, account: Account) -> bool:
    """Count one automatic answer to an address, and return whether it may be sent; one statement.

    `address_key` tells addresses apart (`wang@example.com`, whatever its case); only a keyed mark of it is kept. It
    counts over all channels; the first that is too many within an hour raises an alert (`channel.answers_stopped`).
    """
    most = int(settings.get(ANSWERS_PER_HOUR.name))
    return most > 0 and actions.count_answer(address_key, account.id, most)

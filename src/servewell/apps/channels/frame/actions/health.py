"""Does an account work? Said at each call and connection; written, and told to the journal, when it is news."""

from uuid import UUID

from django.db import transaction

from servewell.apps.base import cleaning, clock, statements
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import calls, events
from servewell.apps.channels.frame.actions._shared import note
from servewell.apps.channels.frame.queries import SQL


@transaction.atomic
def works(account_id: UUID) -> bool:
    """Note that an account works; return whether that is news. What waits to go out is then tried at once."""
    found = statements.prepared(SQL["works"], {"account": account_id, "now": clock.now()})
    since = found[0][0] if found else None
    if since is None:
        return False
    failed_s = round(max(0.0, (clock.now() - since).total_seconds()), 3)
    note(SYSTEM, events.RECOVERED, account_id, failed_s=failed_s)
    calls.hurry(account_id)
    return True


@transaction.atomic
def fails(account_id: UUID, code: str, words: str = "") -> bool:
    """Note that an account does not work; return whether that is news.

    `code` is that of the sentence `channels_<channel>.fault.<code>` (or `channels.fault.<code>`), `words` what the
    other side said; never a secret.
    """
    shown = cleaning.short_line(words, most=500).text
    values = {"account": account_id, "fault": code[:60], "words": shown, "now": clock.now()}
    found = statements.prepared(SQL["fails"], values)
    if not found or found[0][0] is not None:
        return False
    note(SYSTEM, events.FAILED, account_id)
    return True

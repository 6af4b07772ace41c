"""What a mailbox notes about itself: how far it was read, and the long token it was given. Neither is a change by hand,

so neither counts up the account's version, which would end the connection that notes it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from servewell.apps.channels.frame import options
from servewell.apps.channels.frame.models import Account


def read_so_far(account_id: UUID, cursor: Mapping[str, Any]) -> None:
    """Note how far each folder was read. One statement."""
    Account.objects.filter(pk=account_id).update(cursor=dict(cursor))


@transaction.atomic
def keep_refresh_token(account_id: UUID, old: str, new: str) -> bool:
    """Keep the refresh token that came in place of `old`; False when somebody entered another one meanwhile."""
    account = Account.objects.select_for_update(no_key=True).filter(pk=account_id, removed_at=None).first()
    known = options.opened(account) if account is not None else {}
    if account is None or known.get("oauth_refresh_token") != old:
        return False
    account.sealed = options.sealed({**known, "oauth_refresh_token": new})
    account.save(update_fields=["sealed"])
    return True

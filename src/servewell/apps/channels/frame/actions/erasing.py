"""A customer is erased: what came from them raw goes, and the lines by which it was known; that it came stays."""

from uuid import UUID

from django.db import transaction

from servewell.apps.base import attachments
from servewell.apps.channels.frame import holding

_BLANK = {"raw": None, "about": "", "words": ""}  # its place over there stays, or it would come in once more


@transaction.atomic
def forget(customer_id: UUID) -> int:
    """Drop the bytes of a customer's arrivals, and blank what names them; return how many.

    Of those set aside, which nobody could read, the ones whose line names an address of theirs.
    """
    rows = holding.arrivals([customer_id])
    raw = [one for one in rows.values_list("raw_id", flat=True) if one is not None]
    ids = list(rows.values_list("id", flat=True))
    holding.by_ids(ids).update(**_BLANK, customer_id=None, author_id=None)
    attachments.drop(raw)
    return len(ids)

"""How does a picture get into the customer's page? By a link to one file that opens nothing else and soon ends.

The page's own token stands in none of them: whoever copies a picture's address gives away that picture for an hour.
"""

import hmac
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from servewell.apps.base import clock, secrets
from servewell.apps.base.models import Attachment

GOOD_FOR = timedelta(hours=1)
_STEP_S = 600  # links made within it are the same, so that a page that is fetched again loads no picture twice


def to(file: Attachment) -> str:
    """Return the address of a file, good for about an hour."""
    end = clock.now() + GOOD_FOR
    until = int(end.timestamp()) // _STEP_S * _STEP_S + _STEP_S
    return f"/api/v1/channels/case/files/{file.id}/{quote(file.name)}?until={until}&key={_key(file.id, until)}"


def is_good(file: UUID, until: int, key: str) -> bool:
    """Did we make this link, and does it still count?"""
    if until < clock.now().timestamp():
        return False
    return hmac.compare_digest(_key(file, until).encode(), key.encode("utf-8", "replace"))


def _key(file: UUID, until: int) -> str:
    return secrets.mark(f"channels.case file {file} {until}")[:32]

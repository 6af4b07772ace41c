"""How does a picture of the conversation get into a page that cannot send a header? By a link that opens one file."""

import hmac
from datetime import timedelta
from uuid import UUID

from servewell.apps.base import clock, secrets
from servewell.apps.channels.webchat.models import Visitor

GOOD_FOR = timedelta(hours=1)


def to(file: UUID, visitor: Visitor) -> str:
    """Return the address of a file, good for an hour."""
    until = int((clock.now() + GOOD_FOR).timestamp())
    key = _key(file, visitor.id, until)
    return f"/api/v1/channels/webchat/{visitor.account_id}/files/{file}?visitor={visitor.id}&until={until}&key={key}"


def is_good(file: UUID, visitor: UUID, until: int, key: str) -> bool:
    """Did we make this link, and does it still count?"""
    if until < clock.now().timestamp():
        return False
    return hmac.compare_digest(_key(file, visitor, until).encode(), key.encode("utf-8", "replace"))


def _key(file: UUID, visitor: UUID, until: int) -> str:
    return secrets.mark(f"chat file {file} {visitor} {until}")

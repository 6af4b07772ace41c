"""How does a picture of the conversation get into a page that cannot send a header? By a link that opens one file."""

from datetime import timedelta
from uuid import UUID

from servewell.apps.base import clock, secrets
from servewell.apps.channels.webchat.models import Visitor

GOOD_FOR = timedelta(hours=1)


def to(file: UUID, visitor: Visitor, *, inline: bool) -> str:
    """Return the address of a file, good for an hour; one that can be shown in the page says so."""
    until = int((clock.now() + GOOD_FOR).timestamp())
    key = secrets.mark(_named(visitor.account_id, file, visitor.id, until))
    shown = "inline=1&" if inline else ""
    asked = f"{shown}visitor={visitor.id}&until={until}&key={key}"
    return f"/api/v1/channels/webchat/{visitor.account_id}/files/{file}?{asked}"


def is_good(site: UUID, file: UUID, visitor: UUID, until: int, key: str) -> bool:
    """Did we make this link, and does it still count?"""
    if until < clock.now().timestamp():
        return False
    return secrets.is_mark_of(_named(site, file, visitor, until), key if key.isascii() else "")


def _named(site: UUID, file: UUID, visitor: UUID, until: int) -> str:
    return f"chat file {site} {file} {visitor} {until}"

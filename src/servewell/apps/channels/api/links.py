"""How does an outside system fetch the files of an answer? By a link that is good for an hour, or with its key."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing as django_signing

from servewell.apps.base import settings
from servewell.apps.channels.api.errors import LinkExpired
from servewell.apps.channels.frame.kinds import OutgoingFile
from servewell.apps.channels.frame.options import PUBLIC_URL

GOOD_FOR = timedelta(hours=1)  # each try of a call makes it anew
_SALT = "servewell.channels.api.file"
_ROOM = "/api/v1/channels/api"


@dataclass(frozen=True, slots=True)
class Named:
    """A file of a message."""

    message: UUID
    attachment: UUID


def shown(account: UUID, message: UUID, file: OutgoingFile) -> dict[str, Any]:
    """Return a file as a call tells it. `link` is "" while the installation does not know its own public address."""
    public = str(settings.get(PUBLIC_URL.name)).rstrip("/")
    return {
        "id": str(file.attachment_id),
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "content_id": file.content_id,
        "path": f"{_ROOM}/{account}/files/{file.attachment_id}",
        "link": f"{public}{_ROOM}/files/{token(message, file.attachment_id)}" if public else "",
    }


def token(message: UUID, attachment: UUID) -> str:
    """Return what opens one file of one message for an hour."""
    return django_signing.dumps([str(message), str(attachment)], salt=_SALT)


def opened(given: str) -> Named:
    """Return what a token names; LinkExpired for one that is too old, or none of ours."""
    try:
        message, attachment = django_signing.loads(given, salt=_SALT, max_age=GOOD_FOR)
    except django_signing.BadSignature as fault:
        raise LinkExpired from fault
    return Named(UUID(message), UUID(attachment))

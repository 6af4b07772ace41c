"""What does the widget speak to? `docs/guide/en/webchat-protocol.md` tells it call by call."""

from ninja import Router

from servewell.apps.channels.webchat.api import attaching, talking, tending, visiting

router = Router()
for part in (visiting, talking, attaching, tending):
    router.add_router("", part.router)

__all__ = ["router"]

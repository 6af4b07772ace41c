"""Imported logs and their process maps."""

from typing import Any
from uuid import UUID

from tests.service.site.endpoints import NO_ONE, Whose

from servewell.apps.insight.models import Log

ENDPOINTS = [
    ("GET", "/insight/logs", "logs.read", None),
    ("POST", "/insight/uploads", "logs.import", "a file"),
    ("POST", "/insight/logs", "logs.import", {"upload": NO_ONE, "name": "A log"}),
    ("GET", "/insight/logs/{log}", "logs.read", None),
    ("DELETE", "/insight/logs/{log}", "logs.read+logs.delete", None),
    ("GET", "/insight/logs/{log}/set-aside.csv", "logs.read", None),
    ("GET", "/insight/logs/{log}/map", "logs.read", None),
    ("GET", "/insight/logs/{log}/variants", "logs.read", None),
    ("GET", "/insight/logs/{log}/cases", "logs.read", None),
    ("GET", "/insight/logs/{log}/cases/1", "logs.read", None),
    ("GET", "/insight/logs/{log}/export.csv", "logs.read", None),
]


def a_log(whose: Whose, made: dict[str, Any]) -> UUID:
    """One that was imported; whoever imports owns it."""
    owner = (whose.owner or whose.boss).id
    return Log.objects.create(name=f"log {Log.objects.count()}", owner_id=owner, state="ready").id


MAKERS = {"log": a_log}
REFUSALS = {"insight-no-such-log"}

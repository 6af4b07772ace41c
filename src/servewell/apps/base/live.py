"""How do open screens learn what is not worth storing? By a NOTIFY that is sent when the transaction commits."""

import json
from typing import Any

from django.db import connection

CHANNEL = "servewell_live"
_LARGEST = 7900  # bytes; PostgreSQL refuses payloads from 8,000


def notify(event: str, data: dict[str, Any]) -> None:
    """Send `{"event", "data"}` to every process that listens on CHANNEL; in a transaction, at its commit.

    `data` is small JSON: ids and numbers. ValueError when the message would not fit.
    """
    message = json.dumps({"event": event, "data": data}, separators=(",", ":"))
    if len(message.encode()) > _LARGEST:
        raise ValueError(f"a live message of {len(message)} characters does not fit: send an id and let the page ask")
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, message])

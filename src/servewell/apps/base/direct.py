"""When is Django's connection not the right one? For what must outlive or ignore the current transaction:

leases, LISTEN and the making of a partition in the middle of somebody's work.
"""

from typing import Any

import psycopg
from django.db import connection

# A lease or a LISTEN may be silent for hours: a host that vanished is noticed within a minute.
_KEPT_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def connect(*, name: str = "servewell-direct") -> psycopg.Connection[Any]:
    """Return an own autocommitting connection to the database; the caller closes it (`with`)."""
    parameters = connection.get_connection_params()
    for pooled in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(pooled, None)
    own = psycopg.connect(**{**_KEPT_ALIVE, **parameters}, autocommit=True, application_name=name)
    own.execute("set time zone 'UTC'")
    return own

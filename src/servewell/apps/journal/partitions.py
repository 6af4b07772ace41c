"""Is there a partition for this month? Made ahead by the maintenance job, and on demand by whoever needs one."""

from datetime import UTC, datetime

from django.db import connection

from servewell.apps.base import direct

_made: set[tuple[str, int, int]] = set()  # database, year, month: partitions are not removed while we run


def ensure(moment: datetime) -> None:
    """Make the partition of `moment`'s month (UTC) unless it is there.

    It is made over an own connection and committed at once, so that nobody waits for the caller's transaction and a
    rollback of it takes no partition away from others.
    """
    month = moment.astimezone(UTC)
    key = (str(connection.settings_dict["NAME"]), month.year, month.month)
    if key not in _made:
        with direct.connect(name="servewell-partition") as own:
            own.execute("select journal_ensure_month(%s)", [moment])
        _made.add(key)


def forget() -> None:
    """Look again next time; for when the database under us was exchanged."""
    _made.clear()

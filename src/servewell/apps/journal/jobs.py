"""What does the journal need done while nobody asks? Partitions ahead, and closed months into the lake."""

from dataclasses import dataclass
from datetime import UTC

from procrastinate.contrib.django import app

from servewell.apps.base import clock, leases
from servewell.apps.journal import lake, partitions

_AHEAD = 3  # months


@dataclass(frozen=True, slots=True)
class Maintained:
    """What `maintain` did."""

    files: int  # months written to the lake
    elsewhere: bool  # another process holds the lease and does it


def maintain() -> Maintained:
    """Make partitions ahead and write closed months; only one process does it at a time, the others return at once."""
    with leases.held("journal.maintain") as ours:
        if not ours:
            return Maintained(0, elsewhere=True)
        _look_ahead()
        return Maintained(len(lake.export_closed()), elsewhere=False)


@app.periodic(cron="7 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="journal.maintain", queueing_lock="journal.maintain")  # type: ignore[untyped-decorator]
def maintain_hourly(timestamp: int) -> None:
    """Run `maintain` each hour; `timestamp` is procrastinate's."""
    maintain()


def _look_ahead() -> None:
    moment = clock.now().astimezone(UTC).replace(day=1)
    for _ in range(_AHEAD + 1):
        partitions.ensure(moment)
        year, month = divmod(moment.year * 12 + moment.month, 12)
        moment = moment.replace(year=year, month=month + 1)

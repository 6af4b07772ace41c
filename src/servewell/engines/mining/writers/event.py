"""What is an event, to those who write logs for other tools?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

Value = str | int | float | bool | datetime
PLAIN = ("case", "activity", "time", "resource", "lifecycle")  # what every event has, in the order of a table


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of a log; writers take them case by case, each case in its order."""

    case: str
    activity: str
    time: datetime  # with a zone
    resource: str | None = None
    lifecycle: str = "complete"
    id: str | None = None  # None: numbered
    attributes: Mapping[str, Value] = field(default_factory=dict)  # absent where unknown
    objects: Mapping[str, str] = field(default_factory=dict)  # OCEL: further objects it is about, type to id


def iso(time: datetime) -> str:
    """Return a time in UTC as ISO 8601 with `Z`, to the microsecond where there is one."""
    return time.astimezone(UTC).isoformat(timespec="microseconds" if time.microsecond else "seconds")[:-6] + "Z"

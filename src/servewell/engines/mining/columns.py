"""Which columns of a log are what? The one thing a reader must know about a foreign table."""

from dataclasses import dataclass

ACTIVITY_JOINT = "/"  # several activity columns become one label: `a/b`


@dataclass(frozen=True, slots=True)
class Columns:
    """The part each column of a log plays.

    A reader turns it into the table expression `rows`: `case` string, `activity` string (several columns
    joined by ACTIVITY_JOINT), `time` timestamp (UTC, microseconds), `resource` string or null, `row` int64
    (original order, from 0), and then the `extra` columns as they are. `case`, `activity` and `time` are never null.
    """

    case: str  # names the case
    activity: tuple[str, ...]  # one or more columns that name the step
    time: str  # when the step happened
    resource: str | None = None  # who did it; None: nobody knows
    zone: str | None = None  # IANA name, for times that carry none; None: such times are a question to the person
    extra: tuple[str, ...] = ()  # further columns to carry along

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that is needed, once."""
        resource = () if self.resource is None else (self.resource,)
        return tuple(dict.fromkeys((self.case, *self.activity, self.time, *resource, *self.extra)))


XES = Columns(case="concept:name", activity=("concept:name",), time="time:timestamp", resource="org:resource")
"""The standard's own names: the trace's `concept:name` is the case, the event's the activity."""

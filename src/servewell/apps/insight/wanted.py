"""What does the address ask for? The filters of the map page, as its addresses carry them."""

import math
from datetime import UTC, datetime

from ninja import Field, Schema

from servewell.apps.insight.errors import BadFilter
from servewell.engines.mining import Filter

SEPARATOR = "\u001f"  # between the two ends of an edge: a sign that no label holds
MOST = 50  # conditions of one kind


class FilterQuery(Schema):
    """Which cases to look at; all conditions must hold. Lists are repeated parameters."""

    from_: str | None = Field(None, alias="from", description="ISO 8601; cases that begin then or later")
    to: str | None = Field(None, description="ISO 8601; cases that begin before that")
    with_: list[str] = Field([], alias="with", description="activities, each of which happens in the case")
    without: list[str] = Field([], description="activities, none of which happens in the case")
    path: list[str] = Field([], description="`a\\u001fb`: b comes directly after a in the case")
    repeated: list[str] = Field([], description="activities, each of which happens more than once in the case")
    handover: list[str] = Field([], description="`x\\u001fy`: x hands over to y in the case")
    variant: str | None = Field(None, description="the key of a variant")
    min_s: float | None = Field(None, description="the case lasts at least so many seconds")
    max_s: float | None = Field(None, description="and at most so many")

    def as_filter(self) -> Filter:
        """Return the engine's filter; BadFilter names the parameter that cannot be understood."""
        return Filter(
            since=_moment("from", self.from_),
            until=_moment("to", self.to),
            having=_few("with", self.with_),
            without=_few("without", self.without),
            paths=tuple(edge("path", pair) for pair in _few("path", self.path)),
            repeated=_few("repeated", self.repeated),
            handovers=tuple(edge("handover", pair) for pair in _few("handover", self.handover)),
            variant=self.variant,
            min_s=_seconds("min_s", self.min_s),
            max_s=_seconds("max_s", self.max_s),
        )


def edge(name: str, text: str) -> tuple[str, str]:
    """Return both ends of an edge; BadFilter when there are not exactly two."""
    source, separator, target = text.partition(SEPARATOR)
    if not separator or SEPARATOR in target:
        raise BadFilter(name=name, value=text[:80])
    return source, target


def _few(name: str, values: list[str]) -> tuple[str, ...]:
    if len(values) > MOST:
        raise BadFilter(name=name, value=f"{len(values)} > {MOST}")
    return tuple(dict.fromkeys(values))


def _moment(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as bad:
        raise BadFilter(name=name, value=text[:80]) from bad
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(name: str, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise BadFilter(name=name, value=str(value))
    return value

"""Which figures does the page show?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import ibis

from servewell.engines.mining.cases import Durations, case_durations, end_activities, start_activities
from servewell.engines.mining.handovers import Handovers, handovers
from servewell.engines.mining.process_map import Edge, Node, ProcessMap, process_map
from servewell.engines.mining.steps import Steps
from servewell.engines.mining.tables import fetch_one, moment
from servewell.engines.mining.variants import Variants, variants

SHOWN_VARIANTS, SHOWN_HANDOVERS = 8, 10


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is asked of the log."""

    name: str  # of the log
    map: ProcessMap
    events: int
    cases: int
    first: datetime | None
    last: datetime | None
    durations: Durations
    variants: Variants
    handovers: Handovers
    repeating: int  # cases in which some activity happens more than once
    starts: dict[str, int]
    ends: dict[str, int]
    label: Callable[[str], str]  # an activity's name for people

    @property
    def slowest(self) -> list[Edge]:
        """The edges by the time that passes on them in all."""
        return sorted(self.map.edges, key=lambda edge: -edge.times.sum)

    @property
    def passed_s(self) -> float:
        """Seconds that pass between steps, in all cases together."""
        return sum(edge.times.sum for edge in self.map.edges)

    @property
    def repeated(self) -> list[Node]:
        """The activities that are done again, most often first."""
        again = [node for node in self.map.nodes if node.rework_extra]
        return sorted(again, key=lambda node: -node.rework_extra)


def gathered(steps: Steps, name: str, label: Callable[[str], str]) -> Figures:
    """Ask the log."""
    whole = fetch_one(
        steps.cases.agg(
            cases=ibis._.count(), events=ibis._.steps.sum(), first=ibis._.start_us.min(), last=ibis._.end_us.max()
        )
    )
    first, last = (None if whole[end] is None else moment(whole[end]) for end in ("first", "last"))
    return Figures(
        name=name,
        map=process_map(steps),
        events=int(whole["events"] or 0),
        cases=whole["cases"],
        first=first,
        last=last,
        durations=case_durations(steps),
        variants=variants(steps, SHOWN_VARIANTS),
        handovers=handovers(steps, SHOWN_HANDOVERS),
        repeating=_repeating(steps),
        starts=start_activities(steps),
        ends=end_activities(steps),
        label=label,
    )


def _repeating(steps: Steps) -> int:
    per_case = steps.steps.group_by("case", "activity").agg(n=ibis._.count())
    again = per_case.filter(per_case.n > 1)
    return int(fetch_one(again.agg(n=again["case"].nunique()))["n"])

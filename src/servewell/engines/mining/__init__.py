"""Reads event logs and turns them into process maps, times, variants, rework and hand-overs.

from servewell.engines import mining

connection = mining.connect()
steps = mining.materialise(connection, rows)  # `rows` from a reader of `mining.readers`
mining.summary(mining.apply(steps, mining.Filter(having=("Wait",))))
"""

from servewell.engines.mining.backend import Connection, connect
from servewell.engines.mining.cases import Durations, case_durations, end_activities, start_activities
from servewell.engines.mining.columns import Columns
from servewell.engines.mining.filters import Filter, apply
from servewell.engines.mining.handovers import Handover, Handovers, handovers
from servewell.engines.mining.listing import Case, CasePage, Event, case_events, list_cases
from servewell.engines.mining.process_map import Edge, Node, ProcessMap, process_map
from servewell.engines.mining.rework import Rework, rework
from servewell.engines.mining.steps import Steps, materialise
from servewell.engines.mining.summary import summary
from servewell.engines.mining.tables import Times
from servewell.engines.mining.variants import Variant, Variants, variants

__all__ = [
    "Case",
    "CasePage",
    "Columns",
    "Connection",
    "Durations",
    "Edge",
    "Event",
    "Filter",
    "Handover",
    "Handovers",
    "Node",
    "ProcessMap",
    "Rework",
    "Steps",
    "Times",
    "Variant",
    "Variants",
    "apply",
    "case_durations",
    "case_events",
    "connect",
    "end_activities",
    "handovers",
    "list_cases",
    "materialise",
    "process_map",
    "rework",
    "start_activities",
    "summary",
    "variants",
]

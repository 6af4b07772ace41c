"""The figures of `servewell mine --json`, computed with PM4Py. Runs in PM4Py's own environment: CSV in, JSON out.

Each step is the fastest documented way we found: times as raw values, so that one pass over the directly-follows
relation gives counts, sums, means and both quantiles; hand-overs as the directly-follows graph of the resources,
which takes half the time of `discover_handover_of_work_network` and, other than it, returns counts.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pm4py

TOP = 20
CASE, ACTIVITY, TIME, RESOURCE = "case:concept:name", "concept:name", "time:timestamp", "org:resource"


def read(path):
    """Read and prepare a log as PM4Py's documentation does, both activity columns joined."""
    frame = pd.read_csv(path)
    frame[ACTIVITY] = frame[ACTIVITY] + "/" + frame["lifecycle:transition"]
    return pm4py.format_dataframe(frame, case_id=CASE, activity_key=ACTIVITY, timestamp_key=TIME)


def edges_of(times):
    """Turn the raw seconds of each edge into rows."""
    rows = []
    for (source, target), seconds in times.items():
        values = np.asarray(seconds)
        median, p90 = np.quantile(values, [0.5, 0.9])
        rows.append([source, target, len(values), float(values.sum()), float(values.mean()), float(median), float(p90)])
    return sorted(rows, key=lambda row: -row[2])


def rework_of(frame):
    """Count, per activity, the cases that repeat it and the occurrences beyond the first."""
    cases = pm4py.get_rework_cases_per_activity(frame)
    events = pm4py.get_event_attribute_values(frame, ACTIVITY)
    once = pm4py.get_event_attribute_values(frame, ACTIVITY, count_once_per_case=True)
    return {activity: [int(n), int(events[activity] - once[activity])] for activity, n in cases.items() if n}


def handovers_of(frame):
    """Count consecutive events by different resources."""
    pairs, _, _ = pm4py.discover_dfg(frame, activity_key=RESOURCE)
    pairs = {pair: int(n) for pair, n in pairs.items() if pair[0] != pair[1]}
    top = [[*pair, n] for pair, n in Counter(pairs).most_common(TOP)]
    return {"total": sum(pairs.values()), "pairs": len(pairs), "top": top}


def durations_of(frame):
    seconds = np.asarray(pm4py.get_all_case_durations(frame))
    median, p90 = np.quantile(seconds, [0.5, 0.9])
    return {"mean": float(seconds.mean()), "median": float(median), "p90": float(p90), "max": float(seconds.max())}


def figures(frame):
    times, starts, ends = pm4py.discover_performance_dfg(frame, perf_aggregation_key="raw_values")
    variants = Counter({way: int(n) for way, n in pm4py.get_variants(frame).items()})
    return {
        "events": len(frame),
        "cases": int(variants.total()),
        "activities": int(frame[ACTIVITY].nunique()),
        "variants": len(variants),
        "start_activities": {label: int(n) for label, n in starts.items()},
        "end_activities": {label: int(n) for label, n in ends.items()},
        "edges": edges_of(times),
        "case_duration_s": durations_of(frame),
        "top_variants": [[list(way), n] for way, n in variants.most_common(TOP)],
        "rework": rework_of(frame),
        "resource_handovers": handovers_of(frame),
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(figures(read(sys.argv[1]))), encoding="utf-8")

"""What does the map page get? The engine's figures in the shapes of the API, with names in the person's language.

Answers to the same question about the same state of a log are kept: in memory, the lately asked ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

from servewell.apps.base import cursors
from servewell.apps.insight import labels, queries
from servewell.apps.insight.errors import NoSuchCase
from servewell.apps.insight.kept import Kept
from servewell.apps.insight.queries import Source, opened
from servewell.engines import mining
from servewell.engines.mining import Filter, Steps
from servewell.engines.mining.listing import Sort
from servewell.engines.mining.tables import fetch_one, moment

_kept = Kept(entries=64)  # a map of 10,000 activities is some 10 MB
TOP_HANDOVERS = 20
AT_A_TIME = 5_000  # rows of a table that leaves whole
LONGEST_LINE = 5_000  # steps of a time line; nobody looks at more


def process_map(source: Source, wanted: Filter, language: str) -> dict[str, Any]:
    """Return totals, nodes, edges, durations and hand-overs of the cases wanted."""
    answer = _asked(source, wanted, "map", _map)
    teams = queries.team_names(source)
    nodes = [
        {**node, "label": label_of(source, node["id"], language), "department": teams.get(node["id"])}
        for node in answer["nodes"]
    ]
    facts = source.facts
    totals = {**answer["totals"], "log_events": facts.events, "log_cases": facts.cases}
    passed = {**answer["handovers"], "top": [_named(source, one) for one in answer["handovers"]["top"]]}
    return {**answer, "totals": totals, "nodes": nodes, "handovers": passed}


def variants(source: Source, wanted: Filter, limit: int) -> dict[str, Any]:
    """Return the most frequent ways, with the share of the cases they and those before them cover."""
    return _asked(source, wanted, f"variants {limit}", lambda steps: _variants(steps, limit))


def all_variants(source: Source, wanted: Filter) -> Iterator[dict[str, Any]]:
    """Yield every way, the most frequent first, asking for some at a time."""
    covered, skip, total = 0, 0, 1
    while skip < total:
        with opened(source.folder) as steps:
            found = _variants(mining.apply(steps, wanted), AT_A_TIME, skip, covered)
        yield from found["items"]
        covered += sum(one["cases"] for one in found["items"])
        total, skip = found["total"], skip + AT_A_TIME


def all_cases(source: Source, wanted: Filter) -> Iterator[dict[str, Any]]:
    """Yield every case, the longest first, asking for some at a time."""
    page = cases(source, wanted, limit=AT_A_TIME)
    yield from page["items"]
    while page["next"]:
        page = cases(source, wanted, cursor=page["next"], limit=AT_A_TIME)
        yield from page["items"]


def cases(
    source: Source,
    wanted: Filter,
    *,
    activity: str | None = None,
    edge: tuple[str, str] | None = None,
    sort: Sort = "-duration",
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """Return a page of the cases behind a figure; BadCursor."""
    of = f"insight.cases.{source.id}.{sort}"
    after = _after(cursor, of)
    with opened(source.folder) as steps:
        page = mining.list_cases(
            mining.apply(steps, wanted), activity=activity, edge=edge, sort=sort, after=after, limit=limit
        )
    items = [
        {**_case(case), "label": labels.short(case.case) if source.is_journal else case.case} for case in page.items
    ]
    return {"total": page.total, "items": items, "next": page.after and cursors.encode(page.after, of)}


def case(source: Source, name: str, language: str) -> dict[str, Any]:
    """Return the first LONGEST_LINE steps of a case; NoSuchCase."""
    with opened(source.folder) as steps:
        first = replace(steps, steps=steps.steps.filter(steps.steps.position <= LONGEST_LINE))
        events = mining.case_events(first, name)
    if not events:
        raise NoSuchCase(case=name[:80])
    return {
        "case": name,
        "events": [
            {
                "activity": event.activity,
                "label": label_of(source, event.activity, language),
                "at": event.at,
                "since_previous_s": event.since_previous_s,
                "resource": who(source, event.resource),
            }
            for event in events
        ],
    }


def label_of(source: Source, activity: str, language: str) -> str:
    """Return the name of an activity in a language."""
    return labels.of_journal(activity, language) if source.is_journal else activity


def who(source: Source, resource: str | None) -> str | None:
    """Return who it was: of the journal's people, whom it knows by id, a short one."""
    return labels.short(resource) if resource and source.is_journal and len(resource) == 36 else resource


def _asked(source: Source, wanted: Filter, what: str, ask: Callable[[Steps], dict[str, Any]]) -> dict[str, Any]:
    def answer() -> dict[str, Any]:
        with opened(source.folder) as steps:
            return ask(mining.apply(steps, wanted))

    found: dict[str, Any] = _kept.get((str(source.folder), what, wanted), answer)
    return found


def _map(steps: Steps) -> dict[str, Any]:
    found, durations, passed = (
        mining.process_map(steps),
        mining.case_durations(steps),
        mining.handovers(steps, TOP_HANDOVERS),
    )
    return {
        "totals": _totals(steps),
        "nodes": [_node(node) for node in found.nodes],
        "edges": [
            {"from": edge.source, "to": edge.target, "n": edge.n, "cases": edge.cases, **asdict(edge.times)}
            for edge in found.edges
        ],
        "case_duration_s": asdict(durations),
        "handovers": {
            "total": passed.total,
            "pairs": passed.pairs,
            "top": [{"from": one.source, "to": one.target, "n": one.n} for one in passed.top],
        },
    }


def _named(source: Source, handover: dict[str, Any]) -> dict[str, Any]:
    return {**handover, **{f"{side}_label": who(source, handover[side]) for side in ("from", "to")}}


def _totals(steps: Steps) -> dict[str, Any]:
    table = steps.cases
    found = fetch_one(
        table.agg(
            events=table.steps.sum().fill_null(0),
            cases=table.count(),
            variants=table.variant.nunique(),
            first_at=table.start_us.min(),
            last_at=table.end_us.max(),
        )
    )
    moments = {name: None if found[name] is None else moment(found[name]) for name in ("first_at", "last_at")}
    return {**found, "events": int(found["events"]), **moments}


def _node(node: mining.Node) -> dict[str, Any]:
    return {
        "id": node.activity,
        **{name: getattr(node, name) for name in ("events", "cases", "starts", "ends", "rework_cases", "rework_extra")},
        "before_s": node.before and asdict(node.before),
    }


def _variants(steps: Steps, limit: int, skip: int = 0, covered: int = 0) -> dict[str, Any]:
    found = mining.variants(steps, limit, skip)
    items = []
    for one in found.items:
        covered += one.cases
        items.append(
            {
                "key": one.key,
                "steps": one.steps,
                "cases": one.cases,
                "share": one.cases / found.cases,
                "cumulative": covered / found.cases,
                "median_s": one.median_s,
            }
        )
    return {"total": found.total, "cases": found.cases, "items": items}


def _case(case: mining.Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in ("case", "start", "end", "duration_s", "steps", "focus_s")}


def _after(cursor: str | None, of: str) -> tuple[int, int] | None:
    if cursor is None:
        return None
    value, number = cursors.decode(cursor, of)
    return value, number

"""Logs over HTTP: send a file, make a log of it, see its process map and the cases behind each figure."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from servewell.apps.base import texts
from servewell.apps.insight import actions, answers, aside, exports, queries, shown, storage
from servewell.apps.insight.errors import NothingSetAside
from servewell.apps.insight.importing import SET_ASIDE
from servewell.apps.insight.shown import LogShown, UploadShown
from servewell.apps.insight.wanted import FilterQuery, edge
from servewell.apps.people.auth import acting, language_of
from servewell.engines.mining import Columns
from servewell.engines.mining.listing import Sort

router = Router(tags=["insight"])


class ColumnsWanted(Schema):
    """Which column is what."""

    case: str
    activity: list[str]
    time: str
    resource: str | None = None

    def as_columns(self, zone: str | None) -> Columns:
        """Return the engine's columns."""
        return Columns(self.case, tuple(self.activity), self.time, self.resource, zone)


class NewLog(Schema):
    """A log to be made of a sent file; columns null: those that were guessed."""

    upload: UUID
    name: str
    columns: ColumnsWanted | None = None
    zone: str | None = None
    dates: Literal["dmy", "mdy"] | None = None  # is 02/01/2026 written day first? null: the file's own evidence decides
    delimiter: str | None = None  # between the cells of a CSV; null: found out
    encoding: str | None = None  # of a text file, e.g. `gb18030`; null: found out

    def reading(self) -> dict[str, str]:
        """Return what the person knows better than the reader."""
        said = {"dates": self.dates, "delimiter": self.delimiter, "encoding": self.encoding}
        return {name: value for name, value in said.items() if value is not None}


class Logs(Schema):
    """Every log a person may ask."""

    items: list[LogShown]


class Totals(Schema):
    """How much the figures stand on, and how much the whole log holds."""

    events: int
    cases: int
    log_events: int
    log_cases: int
    variants: int
    first_at: datetime | None
    last_at: datetime | None


class Times(Schema):
    """Seconds."""

    sum: float
    mean: float
    median: float
    p90: float


class Node(Schema):
    """One activity."""

    id: str
    label: str
    events: int
    cases: int
    starts: int
    ends: int
    rework_cases: int
    rework_extra: int
    before_s: Times | None
    department: str | None


class Edge(Times):
    """One activity directly after another."""

    from_: str = Field(alias="from")
    to: str
    n: int
    cases: int


class Handover(Schema):
    """One pair of resources."""

    from_: str = Field(alias="from")
    to: str
    from_label: str  # what to call them: the journal's people have only ids
    to_label: str
    n: int


class Handovers(Schema):
    """All hand-overs in numbers, and the most frequent."""

    total: int
    pairs: int
    top: list[Handover]


class Durations(Schema):
    """Seconds from first to last step; null: no cases."""

    mean: float | None
    median: float | None
    p90: float | None
    max: float | None


class MapShown(Schema):
    """The process map of the cases wanted."""

    log: LogShown
    totals: Totals
    nodes: list[Node]
    edges: list[Edge]
    case_duration_s: Durations
    handovers: Handovers


class Variant(Schema):
    """One way through the process."""

    key: str
    steps: list[str]
    cases: int
    share: float
    cumulative: float
    median_s: float


class Variants(Schema):
    """The most frequent ways."""

    total: int
    cases: int
    items: list[Variant]


class CaseRow(Schema):
    """One case of a list."""

    case: str
    label: str
    start: datetime
    end: datetime
    duration_s: float
    steps: int
    focus_s: float | None


class CasePage(Schema):
    """Some of the cases behind a figure."""

    total: int
    items: list[CaseRow]
    next: str | None


class Page(Schema):
    """Which cases of those wanted, and in which order."""

    activity: str | None = None  # only those with it, and the time on the way to it
    edge: str | None = None  # `a\u001fb`: only those over this edge, and the time over it
    sort: Sort = "-duration"
    cursor: str | None = None


class CaseEvent(Schema):
    """One step of a time line."""

    activity: str
    label: str
    at: datetime
    since_previous_s: float | None
    resource: str | None


class CaseLine(Schema):
    """A case's time line."""

    case: str
    events: list[CaseEvent]


@router.get("/logs", response=Logs)
def list_logs(request: HttpRequest) -> dict[str, Any]:
    """Return the journal and the imported logs, newest first."""
    principal = acting(request)
    imported = [shown.log(one, language_of(request)) for one in queries.logs(principal)]
    return {"items": [shown.journal(queries.source(principal, queries.JOURNAL), language_of(request)), *imported]}


@router.post("/uploads", response={201: UploadShown})
def send_file(request: HttpRequest, file: File[UploadedFile]) -> Status[Any]:
    """Keep a file for an import, and say what it seems to hold."""
    return Status(201, shown.sent(actions.send(acting(request), file)))


@router.post("/logs", response={202: LogShown})
def create_log(request: HttpRequest, body: NewLog) -> Status[Any]:
    """Make a log of a sent file; a worker fills it."""
    columns = body.columns.as_columns(body.zone) if body.columns else None
    log = actions.start_import(acting(request), body.upload, body.name, columns, body.zone, body.reading())
    return Status(202, shown.log(log, language_of(request)))


@router.get("/logs/{log_id}", response=LogShown)
def read_log(request: HttpRequest, log_id: str) -> dict[str, Any]:
    """Return a log with the progress of its import."""
    principal, language = acting(request), language_of(request)
    if log_id == queries.JOURNAL:
        return shown.journal(queries.source(principal, log_id), language)
    return shown.log(queries.log(principal, log_id), language)


@router.delete("/logs/{log_id}", response={204: None})
def delete_log(request: HttpRequest, log_id: str) -> Status[Any]:
    """Remove an imported log; an import that runs is stopped."""
    actions.delete(acting(request), queries.imported(acting(request), log_id))
    return Status(204, None)


@router.get("/logs/{log_id}/set-aside.csv", response={200: None})
def read_set_aside(request: HttpRequest, log_id: str) -> FileResponse:
    """Return the rows that could not be taken, with row number and reason, in the order of the file."""
    log = queries.imported(acting(request), log_id)
    path = storage.log(log.id) / SET_ASIDE
    if not path.exists():
        raise NothingSetAside
    language = language_of(request)
    name = texts.say("insight.set_aside_file", language, name=log.name)
    return exports.download(aside.shown(path, language), name)


@router.get("/logs/{log_id}/map", response=MapShown, by_alias=True)
def read_map(request: HttpRequest, log_id: str, wanted: Query[FilterQuery]) -> dict[str, Any]:
    """Return the process map of the cases wanted."""
    source, language = queries.source(acting(request), log_id), language_of(request)
    found = answers.process_map(source, wanted.as_filter(), language)
    return {"log": shown.of(source, language), **found}


@router.get("/logs/{log_id}/variants", response=Variants)
def read_variants(request: HttpRequest, log_id: str, wanted: Query[FilterQuery], limit: int = 100) -> dict[str, Any]:
    """Return the most frequent ways through the process."""
    source = queries.source(acting(request), log_id)
    return answers.variants(source, wanted.as_filter(), max(1, min(limit, 1000)))


@router.get("/logs/{log_id}/cases", response=CasePage)
def list_cases(request: HttpRequest, log_id: str, wanted: Query[FilterQuery], page: Query[Page]) -> dict[str, Any]:
    """Return the cases behind a figure, fifty a page."""
    source = queries.source(acting(request), log_id)
    pair = edge("edge", page.edge) if page.edge else None
    return answers.cases(
        source, wanted.as_filter(), activity=page.activity, edge=pair, sort=page.sort, cursor=page.cursor
    )


@router.get("/logs/{log_id}/cases/{path:case}", response=CaseLine)
def read_case(request: HttpRequest, log_id: str, case: str) -> dict[str, Any]:
    """Return a case's time line."""
    return answers.case(queries.source(acting(request), log_id), case, language_of(request))


@router.get("/logs/{log_id}/export.csv", response={200: None})
def export(request: HttpRequest, log_id: str, wanted: Query[FilterQuery], what: exports.What = "map") -> FileResponse:
    """Return what the page shows as a table for Excel: UTF-8 with a mark, no cell a formula."""
    source = queries.source(acting(request), log_id)
    return exports.csv_of(source, wanted.as_filter(), what, language_of(request))

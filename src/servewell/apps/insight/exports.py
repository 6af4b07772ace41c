"""What leaves as a table? CSV that Excel opens rightly: UTF-8 with a mark, and no cell that it takes for a formula."""

import csv
import io
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Literal
from urllib.parse import quote

from django.http import FileResponse

from servewell.apps.base import texts
from servewell.apps.insight import answers, storage
from servewell.apps.insight.queries import Source
from servewell.engines.mining import Filter
from servewell.engines.mining.writers.cells import safe

What = Literal["map", "variants", "cases"]
_TIMES = ("sum", "mean", "median", "p90")
_HEADERS = {
    "map": ("from", "to", "n", "cases", *(f"{name}_s" for name in _TIMES)),
    "variants": ("rank", "cases", "share", "cumulative", "median_s", "steps"),
    "cases": ("case", "start", "end", "duration_s", "steps"),
}


def csv_of(source: Source, wanted: Filter, what: What, language: str) -> FileResponse:
    """Return the edges, the variants or the cases wanted, all of them, as a download, headed in the person's language.

    It is written to disk first: it may be long, and what goes wrong is said instead of cutting it off.
    """
    file = tempfile.TemporaryFile(dir=storage.spill())  # noqa: SIM115 - the response closes it
    try:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(texts.say(f"insight.column.{name}", language) for name in _HEADERS[what])
        for row in _ROWS[what](source, wanted, language):
            writer.writerow(map(safe, row))
        text.detach()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    response = FileResponse(file, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = _as(f"{source.log.name if source.log else source.id}-{what}.csv")
    return response


def download(file: IO[bytes], name: str) -> FileResponse:
    """Return an open file as a download."""
    response = FileResponse(file, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = _as(name)
    return response


def _as(name: str) -> str:
    return f"attachment; filename=\"log.csv\"; filename*=UTF-8''{quote(name)}"


def _edges(source: Source, wanted: Filter, language: str) -> Iterator[list[Any]]:
    for edge in answers.process_map(source, wanted, language)["edges"]:
        ends = (answers.label_of(source, edge[side], language) for side in ("from", "to"))
        yield [*ends, edge["n"], edge["cases"], *(edge[name] for name in _TIMES)]


def _variants(source: Source, wanted: Filter, language: str) -> Iterator[list[Any]]:
    for rank, one in enumerate(answers.all_variants(source, wanted), 1):
        steps = " → ".join(answers.label_of(source, step, language) for step in one["steps"])
        yield [rank, one["cases"], one["share"], one["cumulative"], one["median_s"], steps]


def _cases(source: Source, wanted: Filter, language: str) -> Iterator[list[Any]]:
    for case in answers.all_cases(source, wanted):
        yield [case["case"], case["start"].isoformat(), case["end"].isoformat(), case["duration_s"], case["steps"]]


_ROWS = {"map": _edges, "variants": _variants, "cases": _cases}

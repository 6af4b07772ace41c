"""Writes the tables of docs/benchmarks.md from benchmarks/out, so that no figure there is typed by hand.

`python benchmarks/publish.py` writes them, `--check` exits 1 where the document says something else.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "docs" / "benchmarks.md"
Figures = dict[str, Any]


def main() -> int:
    before = DOCUMENT.read_text(encoding="utf-8")
    after = filled(before)
    if "--check" in sys.argv[1:]:
        if after != before:
            print("docs/benchmarks.md differs from benchmarks/out: run python benchmarks/publish.py")
        return int(after != before)
    DOCUMENT.write_text(after, encoding="utf-8")
    return 0


def filled(document: str) -> str:
    """Return the document with what stands between `<!-- NAME -->` and `<!-- /NAME -->` written anew."""
    for name, table in TABLES.items():
        figures = json.loads((HERE / "out" / f"{name}.json").read_text(encoding="utf-8"))
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        written = table(figures)
        document, found = between.subn(lambda match, rows=written: match[1] + rows + match[2], document)
        if found != 1:
            raise SystemExit(f"docs/benchmarks.md has {found} places for {name}")
    return document


def mining(figures: Figures) -> str:
    lines = ["| events | | wall s | CPU s | peak MB | CPU ratio | memory ratio |", "|---|---|---|---|---|---|---|"]
    names = {"pm4py": "PM4Py", "csv": "ours, CSV", "lake": "ours, lake", "import": "import into the lake"}
    for size in ("1m", "5m"):
        for name, label in names.items():
            wall, cpu, memory = (figures[f"{name}_{size}_{what}"] for what in ("wall_s", "cpu_s", "memory_mb"))
            ratios = [figures.get(f"{name}_{size}_{what}ratio_pm4py") for what in ("", "memory_")]
            shown = " | ".join("" if ratio is None else f"{ratio:.1f}" for ratio in ratios)
            lines.append(f"| {size[:-1]} M | {label} | {wall:.1f} | {cpu:.1f} | {memory:.0f} | {shown} |")
    loads = (f"{s[:-1]} M {figures[f'load_before_{s}']:.1f} and {figures[f'load_after_{s}']:.1f}" for s in ("1m", "5m"))
    return "\n".join([*lines, "", f"Load of the machine (2 cores, shared) before and after: {', '.join(loads)}.", ""])


def entry(figures: Figures) -> str:
    rows = (("bridge", "ours: bridge", "yes"), ("wsgi", "plain WSGI in threads", "no"))
    rows += (("django_asgi", "Django's ASGI", "yes"),)
    lines = ["| entry | CPU ms a POST | ratio | streams on the same port |", "|---|---|---|---|"]
    for name, label, streams in rows:
        ratio = figures.get(f"ratio_{name}", 1)
        lines.append(f"| {label} | {figures[f'{name}_cpu_ms_per_post']:.2f} | {ratio} | {streams} |")
    waits = f"p50 {figures['stream_p50_ms_200']:.0f} ms, p95 {figures['stream_p95_ms_200']:.0f} ms"
    told = f"Event to screen with 200 open streams: {waits} (wall time, from before the commit to the screen's socket)."
    load = f"Load of the machine: {figures['load_1min']:.1f} on {figures['processors']} cores, its own share included."
    return "\n".join([*lines, "", told, load, ""])


def intake(figures: Figures) -> str:
    rows = (
        ("a page of the inbox", "inbox_page", "django_helpdesk_screen_list", "list_ratio"),
        ("the same, 500 and at 1 M 10,000 rows deep", "inbox_deep_page", "", ""),
        ("a filter that nothing meets", "inbox_empty_filter", "", ""),
        ("counts of the eleven views", "inbox_counts", "", ""),
        ("a search", "search", "django_helpdesk_search", "search_ratio"),
        ("a new conversation by API", "inbound_new", "django_helpdesk_create", "api_ratio"),
        ("a message more in one", "inbound_follow_up", "", ""),
    )
    sizes = ("1k", "10k", "100k", "1m")
    titles = [f"{size[:-1]} {'M' if size == '1m' else 'k'}" for size in sizes]
    lines = [f"| CPU ms | {' | '.join(titles)} | django-helpdesk {' | '.join(titles[:3])} | ratio at 100 k |"]
    lines.append("|---" * 9 + "|")
    for label, own, peer, ratio in rows:
        ours = [figures.get(f"{own}_cpu_ms_{size}") for size in sizes]
        theirs = [figures.get(f"{peer}_cpu_ms_{size}") for size in sizes[:3]]
        cells = ["" if value is None else f"{value:.1f}" for value in (*ours, *theirs)]
        compared = figures.get(f"{ratio}_django_helpdesk_100k")
        lines.append(f"| {label} | {' | '.join(cells)} | {'' if compared is None else f'{compared:.1f}'} |")
    growth = f"Growth of a page from 1 k to 1 M: {figures.get('inbox_growth_1k_to_1m', 0):.2f}"
    statements = (
        f"statements of a page {figures['inbox_sql_statements']} (three of them say who asks), of all counts"
        f" {figures['inbox_counts_sql_statements']}, of a message's transaction {figures['inbound_sql_statements']}."
    )
    load = (
        f"Load of the machine (2 cores, shared) before and after: {figures['load_before']} and {figures['load_after']}."
    )
    return "\n".join([*lines, "", f"{growth}; {statements}", load, *_searches(figures), ""])


def _searches(figures: Figures) -> list[str]:
    if "search_p95_ms_1m" not in figures:
        return []
    names = {"common": "a common word", "two_words": "two words", "sentence": "a sentence", "phrase": "a phrase"}
    names |= {"order": "an order number", "name": "a customer", "nothing": "a word nobody wrote"}
    names |= {"filtered": "with a filter", "filtered_common": "a common word with a filter"}
    kinds = (f"{words} {figures[f'search_p95_ms_1m_{kind}']:.0f}" for kind, words in names.items())
    whole = f"p50 {figures['search_p50_ms_1m']:.0f}, p95 {figures['search_p95_ms_1m']:.0f}"
    loads = f"{figures['search_load_before']:.1f} and {figures['search_load_after']:.1f}"
    return [
        "",
        f"Searches among 1 M, CPU ms of the request and of PostgreSQL: {whole} over thirteen kinds of queries; p95 of"
        f" {', '.join(kinds)}. Indexing one more message: {figures['search_index_cpu_ms_per_message_1m']:.1f}."
        f" Load before and after: {loads}.",
    ]


TABLES: dict[str, Callable[[Figures], str]] = {"mining": mining, "entry": entry, "intake": intake}

if __name__ == "__main__":
    sys.exit(main())

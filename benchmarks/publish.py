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
    try:
        return _written()
    except KeyError as missing:
        print(f"benchmarks/out lacks {missing}: run the part that measures it; nothing was published")
        return 1


def _written() -> int:
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
        figures = json.loads((HERE / "out" / f"{FILES.get(name, name)}.json").read_text(encoding="utf-8"))
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


ROWS = (  # what is said, key of ours, key of the peer, name of the ratio
    ("a page of the inbox", "inbox_page", "django_helpdesk_screen_list", "list_ratio"),
    ("the same, beside the list of the peer's API", "inbox_page", "django_helpdesk_api_list", "api_list_ratio"),
    ("the same, 500 and at 1 M 10,000 rows deep", "inbox_deep_page", "", ""),
    ("a filter that nothing meets", "inbox_empty_filter", "", ""),
    ("counts of the eleven views", "inbox_counts", "", ""),
    ("a search", "search", "django_helpdesk_search", "search_ratio"),
    ("a new conversation by API", "inbound_new", "django_helpdesk_create", "api_ratio"),
    ("a message more in one", "inbound_follow_up", "", ""),
)
TITLES = {"1k": "1 k", "10k": "10 k", "100k": "100 k", "1m": "1 M"}
SIDES = ("1k", "10k", "100k")  # sizes of the peer


def intake(figures: Figures) -> str:
    """A figure that nobody measured is a dash, never a nought; a growth or a count that is not there ends it."""
    lines = [
        f"| CPU ms | {' | '.join(TITLES.values())} "
        f"| django-helpdesk {' | '.join(map(TITLES.__getitem__, SIDES))} | ratios |"
    ]
    lines.append("|---" * 9 + "|")
    for label, own, peer, ratio in ROWS:
        keys = [f"{own}_cpu_ms_{size}" for size in TITLES] + [f"{peer}_cpu_ms_{size}" for size in SIDES if peer]
        cells = [f"{figures[key]:.1f}" if key in figures else "–" for key in keys] + ([] if peer else [""] * 3)
        ratios = [figures.get(f"{ratio}_django_helpdesk_{size}") for size in SIDES if ratio]
        shown = ", ".join("–" if one is None else f"{one:.1f}" for one in ratios)
        lines.append(f"| {label} | {' | '.join(cells)} | {shown} |")
    return "\n".join([*lines, "", *_apart(figures), *_growth(figures), *_loads(figures), *_searches(figures), ""])


def _apart(figures: Figures) -> list[str]:
    """Of each row at the largest size of both sites: who used it, over how many requests."""
    last = next((size for size in reversed(SIDES) if f"inbound_new_cpu_ms_{size}" in figures), SIDES[-1])
    lines = [f"| CPU ms at {TITLES[last]} | web | worker | PostgreSQL | requests |", "|---" * 5 + "|"]
    asked = [(label, own) for label, own, _, ratio in ROWS if ratio != "api_list_ratio"]
    asked += [
        (f"django-helpdesk: {label}", peer) for label, _, peer, ratio in ROWS if peer and ratio != "api_list_ratio"
    ]
    for label, key in asked:
        if f"{key}_cpu_ms_{last}" in figures:
            web, base = figures[f"{key}_web_ms_{last}"], figures[f"{key}_postgres_ms_{last}"]
            worker = f"{figures[f'{key}_worker_ms_{last}']:.1f}" if f"{key}_worker_ms_{last}" in figures else ""
            lines.append(f"| {label} | {web:.1f} | {worker} | {base:.1f} | {figures[f'{key}_requests_{last}']} |")
    return [*lines, ""]


def _growth(figures: Figures) -> list[str]:
    """From the desk of a thousand to that of a million, asked in turn."""
    found = []
    for what, key, name in (("a page", "page", "inbox_growth"), ("all counts", "counts", "inbox_counts_growth")):
        ms = [figures[f"growth_{key}_cpu_ms_{size}"] for size in ("1k", "1m")]
        base = [figures[f"growth_{key}_postgres_ms_{size}"] for size in ("1k", "1m")]
        found.append(
            f"{what} {figures[f'{name}_1k_to_1m']:.2f} ({ms[0]:.1f} to {ms[1]:.1f} ms; PostgreSQL's share"
            f" {base[0]:.1f} to {base[1]:.1f}, {figures[f'{name}_postgres_1k_to_1m']:.2f})"
        )
    asked = figures["growth_page_requests_1m"]
    return [
        f"Growth from 1 k to 1 M, {asked} requests of each in turn: {', '.join(found)}.",
        f"Statements of a page {figures['inbox_sql_statements']} (those that say who asks among them), of all counts"
        f" {figures['inbox_counts_sql_statements']}, of a message's transaction {figures['inbound_sql_statements']} (a"
        f" new conversation) and {figures['inbound_follow_up_sql_statements']} (one more).",
    ]


def _loads(figures: Figures) -> list[str]:
    """When, of what, and how busy the machine was."""
    parts = [part for part in (*TITLES, "growth") if f"load_before_{part}" in figures]
    told = (
        f"{TITLES.get(part, part)} {figures[f'load_before_{part}']} and {figures[f'load_after_{part}']}"
        f" (commit {figures[f'commit_{part}']}, {figures[f'measured_at_{part}']} UTC)"
        for part in parts
    )
    return [f"Load of the machine (2 cores, shared) before and after: {'; '.join(told)}."]


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


def channels(figures: Figures) -> str:
    """What a contact costs by API and by mail, and what becomes of mails that tell sites apart."""
    lines = ["| CPU ms | ours | web | worker | PostgreSQL | django-helpdesk | ratio |", "|---" * 7 + "|"]
    for label, key, ratio in (
        ("a new conversation by API", "channels_api", "api_ratio_django_helpdesk"),
        ("a mail, fetched and received", "mail", "mail_ratio_django_helpdesk"),
    ):
        own = " | ".join(f"{figures[f'{key}_{what}_ms']:.1f}" for what in ("cpu", "web", "worker", "postgres"))
        lines.append(f"| {label} | {own} | {figures[f'{key}_django_helpdesk_cpu_ms']:.1f} | {figures[ratio]:.2f} |")
    lines += ["", "| what comes by mail | ours | django-helpdesk |", "|---|---|---|"]
    for label, what in (
        ("the same mail twice", "replayed"),
        ("an answer that names it in `References` only", "references"),
        ("a stranger who names somebody's number in the subject", "stranger"),
    ):
        made = (figures[f"mail_{what}_makes{whose}"] for whose in ("", "_django_helpdesk"))
        lines.append(f"| {label} | {' | '.join(map(_new, made))} |")
    return "\n".join([*lines, "", *_channels_measured(figures), ""])


def _new(count: int) -> str:
    return ("joins what is there", "one new")[count] if count < 2 else f"{count} new"


def _channels_measured(figures: Figures) -> list[str]:
    return [
        f"{figures['channels_api_requests']} contacts by API of each in turn, {figures['channels_mails']} mails in"
        f" three backlogs of each, on desks of {figures['channels_desk']:,}. Statements of a message's transaction"
        f" {figures['inbound_sql_statements']} (a new conversation of somebody new) and"
        f" {figures['inbound_follow_up_sql_statements']} (one more). Load of the machine (2 cores, shared) before and"
        f" after: {figures['load_before_channels']} and {figures['load_after_channels']} (commit"
        f" {figures['commit_channels']}, {figures['measured_at_channels']} UTC).",
    ]


FILES = {"channels": "intake"}  # where the figures of a table stand, if not under its name
TABLES: dict[str, Callable[[Figures], str]] = {
    "mining": mining,
    "entry": entry,
    "intake": intake,
    "channels": channels,
}

if __name__ == "__main__":
    sys.exit(main())

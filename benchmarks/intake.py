"""What does a contact cost on its way in, and a look at the inbox? `benchmarks/intake.py [--part ...] [--sizes ...]`.

1. load: one embedded PostgreSQL, a database for each size. Conversations come by COPY (`intake_data.py`), from a
   thousand to a million; the same texts as tickets into django-helpdesk 2.6.1 (own environment, own databases of the
   same server) up to a hundred thousand.
2. sides: at each size both sites run behind granian and are asked in turn, over HTTP with a session's cookie: pages of
   the inbox (first ones of six views and one ten pages deep, fifty rows each), counts of all views, a filter that
   nothing meets, a search, a new message; the peer's list of its screen and of its API, its search, a new ticket.
3. growth: pages and counts of the smallest and the largest desk, in turn.
4. CPU is the web's, the worker's and PostgreSQL's (`intake_cost.py`). Messages are measured with our worker beside,
   until all that they left to it is done. Statements are counted by Django, those of the sign-in too.

With `--server FOLDER` the databases are kept there, and parts can be run one by one. Keys go to
benchmarks/out/intake.json beside those of other parts; ratios are peer / ours, above 1 is better.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from urllib.parse import quote

import intake_data  # beside this file
import intake_load
import intake_peer
import intake_texts
import publish
from intake_cost import Task, in_turn
from intake_sites import SIZES, Server, Site, at, database, our_site, working
from intake_statements import VIEWS, counted, sign_in

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = HERE / "out" / "intake.json"
INBOX = "/api/v1/conversations"
PARTS = ("load", "sides", "growth")
Figures = dict[str, float | int | str]


def main() -> None:
    options = _options()
    sizes = options.sizes.split(",")
    with database(options.server) as server:
        if options.peer:
            intake_peer.install(server)
        for name in sizes:
            intake_load.fill(server, name, options.peer)
        for name in sizes if "sides" in options.part else ():
            has_peer = options.peer and SIZES[name] <= intake_load.PEER_UPTO
            told(f"{name}", lambda name=name, has_peer=has_peer: sides(server, name, options.requests, has_peer))
        if "growth" in options.part:
            told("growth", lambda: growth(server, sizes[0], sizes[-1], options.requests))
        if "sides" in options.part:
            with at(f"desk_{sizes[-1]}"):
                merge(counted())
    publish.main()


def told(part: str, work: Callable[[], Figures]) -> None:
    """Measure a part; write what it found, the load of the machine before and after, when, and of which commit."""
    before = os.getloadavg()[0]
    found = work()
    found |= {f"load_before_{part}": round(before, 1), f"load_after_{part}": round(os.getloadavg()[0], 1)}
    found |= {f"commit_{part}": _commit(), f"measured_at_{part}": f"{datetime.now(UTC):%Y-%m-%d %H:%M}"}
    merge(found)
    for name, value in sorted(found.items()):
        print(f"{name:<56}{value:>12}", flush=True)


def sides(server: Server, name: str, requests: int, with_peer: bool) -> Figures:
    """Measure both sites at one size."""
    with at(f"desk_{name}"):
        agent, boss = sign_in("agent0"), sign_in("boss", "administrator")
    peer = intake_peer.site(server, name) if with_peer else nullcontext()
    tasks: list[Task] = []
    with our_site(server, name, agent) as own, peer as other:
        _measure(tasks, _reading(own, boss, name, requests, other))
        with working(own):
            _measure(tasks, _writing(own, boss, requests, other))
        if other and SIZES[name] < intake_load.PEER_UPTO:
            few = Task("django_helpdesk_api_list", other, intake_peer.api_list(other), max(3, requests // 60), warm=1)
            _measure(tasks, [few])
    return {key: value for task in tasks for key, value in task.figures(name).items()}


def growth(server: Server, small: str, large: str, requests: int) -> Figures:
    """Measure pages and counts of two desks in turn; return what they cost and by how much more the larger one does."""
    with at(f"desk_{small}"):
        first = sign_in("agent0")
    with at(f"desk_{large}"):
        second = sign_in("agent0")
    with our_site(server, small, first) as one, our_site(server, large, second) as other:
        tasks = [
            task
            for site in (one, other)
            for task in (
                Task("growth_page", site, _in_turn(site, _paths(site)), requests),
                Task("growth_counts", site, lambda site=site: site.ask(f"{INBOX}/counts"), requests),
            )
        ]
        in_turn(tasks)
    pairs = zip(tasks, (small, small, large, large), strict=True)
    return {key: value for task, name in pairs for key, value in task.figures(name).items()}


def _measure(all_of_them: list[Task], tasks: list[Task]) -> None:
    in_turn(tasks)
    all_of_them += tasks


def _reading(own: Site, boss: dict[str, str], name: str, requests: int, other: Site | None) -> list[Task]:
    third, paths = max(1, requests // 3), _paths(own)
    for path in paths[:-1]:
        assert len(own.ask(path)["items"]) == 50 or "mine" in path, path
    deep = _in_turn(own, [_deep(own, 200 if name == "1m" else 10)])
    tasks = [
        Task("inbox_page", own, _in_turn(own, paths), requests),
        Task("inbox_counts", own, lambda: own.ask(f"{INBOX}/counts"), third),
        Task("inbox_empty_filter", own, lambda: own.ask(f"{INBOX}?field=plan:none"), third),
        Task("inbox_deep_page", own, deep, third),
    ]
    if SIZES[name] <= intake_load.DOCUMENTS_UPTO:
        texts = _words(third)

        def look() -> object:
            return own.ask(f"{INBOX}/search?words={quote(next(texts))}", None, boss)

        tasks.append(Task("search", own, look, third))
    if other:
        tasks.append(Task("django_helpdesk_screen_list", other, intake_peer.screen_list(other), third, warm=3))
        tasks.append(Task("django_helpdesk_search", other, intake_peer.search(other, _words(third)), third))
    return tasks


def _writing(own: Site, boss: dict[str, str], requests: int, other: Site | None) -> list[Task]:
    tasks = [
        Task("inbound_new", own, messages(own, boss), requests, writes=True),
        Task("inbound_follow_up", own, messages(own, boss, threads=50), requests // 2, writes=True),
    ]
    if other:
        tasks.insert(1, Task("django_helpdesk_create", other, intake_peer.create(other), requests))
    return tasks


def _words(measured: int) -> Iterator[str]:
    """Texts to search for, no text twice: the first ones warm (a tenth), the others are measured."""
    random = Random(3)
    seen: set[str] = set()
    while len(seen) < measured * 2:
        text = intake_texts.query(random)
        if text not in seen:
            seen.add(text)
            yield text


def messages(site: Site, headers: dict[str, str], threads: int = 0) -> Callable[[], object]:
    """Return what sends one message more: of somebody new, or into one of `threads` conversations."""
    random, number, team = Random(5), count(), str(intake_data.desk().teams[0])
    run = f"{os.urandom(4).hex()}-{threads}"  # a database that is kept has those of earlier runs

    def send() -> object:
        this = next(number)
        who = this % threads if threads else this
        text = intake_texts.talk(random)
        return site.ask(
            f"{INBOX}/incoming",
            {
                "channel": "api",
                "source": "bench",
                "external_id": f"{run}-{this}",
                "thread": f"{run}-{who}",
                "identities": [{"kind": "email", "value": f"{run}-{who}@example.com"}],
                "subject": text.subject,
                "text": text.messages[0][1],
                "team": team,
            },
            headers,
        )

    return send


def _paths(site: Site) -> list[str]:
    return [f"{INBOX}?view={view}" for view in VIEWS] + [_deep(site, 10)]


def _deep(site: Site, pages: int) -> str:
    """Return the address of a page so many pages into everything."""
    path = f"{INBOX}?view=everything"
    place = path
    for _ in range(pages):
        place = f"{path}&cursor={quote(site.ask(place)['next'])}"
    return place


def _in_turn(site: Site, paths: list[str]) -> Callable[[], object]:
    turn = count()
    return lambda: site.ask(paths[next(turn) % len(paths)])


def merge(figures: Figures) -> None:
    """Write the keys beside those of the other parts, and what follows from them all."""
    known = json.loads(OUT.read_text(encoding="utf-8")) if OUT.exists() else {}
    known |= figures
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(dict(sorted({**known, **ratios(known)}.items())), indent=2) + "\n", encoding="utf-8")


def ratios(known: Figures) -> Figures:
    """Return peer / ours of each size that both were measured at, and growth from a thousand to a million."""
    made: Figures = {}
    for name in SIZES:
        for ratio, peer, own in (
            ("api_ratio", "django_helpdesk_create", "inbound_new"),
            ("list_ratio", "django_helpdesk_screen_list", "inbox_page"),
            ("api_list_ratio", "django_helpdesk_api_list", "inbox_page"),
            ("search_ratio", "django_helpdesk_search", "search"),
        ):
            _ratio(made, known, f"{ratio}_django_helpdesk_{name}", f"{peer}_cpu_ms_{name}", f"{own}_cpu_ms_{name}")
    _ratio(made, known, "api_ratio_django_helpdesk", "channels_api_django_helpdesk_cpu_ms", "channels_api_cpu_ms")
    for ratio, own in (("inbox_growth", "page"), ("inbox_counts_growth", "counts")):
        _ratio(made, known, f"{ratio}_1k_to_1m", f"growth_{own}_cpu_ms_1m", f"growth_{own}_cpu_ms_1k")
        _ratio(
            made, known, f"{ratio}_postgres_1k_to_1m", f"growth_{own}_postgres_ms_1m", f"growth_{own}_postgres_ms_1k"
        )
    return made


def _ratio(made: Figures, known: Figures, key: str, above: str, below: str) -> None:
    if above in known and below in known:
        made[key] = round(float(known[above]) / float(known[below]), 2)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "?"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--part", default=",".join(PARTS), type=lambda text: text.split(","), help="of these")
    parser.add_argument("--sizes", default="1k,10k,100k,1m", help="of these, ascending")
    parser.add_argument("--requests", type=int, default=1000, help="of a figure; of some a third")
    parser.add_argument("--server", help="folder of a server that is kept for the next part")
    parser.add_argument("--without-peer", dest="peer", action="store_false")
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()

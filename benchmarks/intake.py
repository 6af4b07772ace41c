"""What does a contact cost on its way in, and a look at the inbox? `python benchmarks/intake.py [--sizes 1k,1m]`.

1. One embedded PostgreSQL. Conversations come by COPY (`intake_data.py`), from a thousand to a million; the same texts
   as tickets into django-helpdesk 2.6.1 (own environment, own database of the same server) up to a hundred thousand.
2. Both sites run behind granian, asked over HTTP with a session's cookie: pages of the inbox (first ones of six views
   and one ten pages deep, fifty rows each), counts of all views, a filter that nothing meets, a new message; the peer's
   list of its screen and of its API, its search, a new ticket.
3. CPU is user and system of the web process and of the whole PostgreSQL server, from /proc by difference over the
   requests of a round, after others that warmed the pages. The peer is asked less often where it takes long.
4. Statements are counted by Django, those of the sign-in too; of a message all of its transaction.

Keys go to benchmarks/out/intake.json beside those of other parts; ratios are peer / ours, above 1 is better.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from urllib.parse import quote

import intake_data  # beside this file
import intake_peer
import intake_search
import intake_texts
import publish
from intake_sites import SERVE, Server, Site, database, serving

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = HERE / "out" / "intake.json"
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
PEER_UPTO = 100_000
COMPARED, LEAST = ("1k", "1m"), 1000  # the sizes whose pages are compared, and how many are asked there
INBOX = "/api/v1/conversations"
VIEWS = ("all", "teams", "unassigned", "mine", "waiting_us", "everything")
Figures = dict[str, float | int]


def main() -> None:
    options = _options()
    sizes = {name: SIZES[name] for name in options.sizes.split(",")}
    figures: Figures = {"load_before": round(os.getloadavg()[0], 2)}
    with database() as server:
        with_peer = not options.without_peer
        if with_peer:
            intake_peer.install(server)
        have = 0
        for name, size in sizes.items():
            fill(server, size, have, with_peer and size <= PEER_UPTO)
            figures |= ours(server, name, options.requests)
            if with_peer and size <= PEER_UPTO:
                figures |= intake_peer.measure(server, name, options.peer_requests)
            have = size
            merge(figures | ratios(figures, list(sizes)))
            print(json.dumps({key: value for key, value in figures.items() if key.endswith(name)}), flush=True)
        figures |= statements_counted()
    figures["load_after"] = round(os.getloadavg()[0], 2)
    figures["requests"] = options.requests
    figures |= ratios(figures, list(sizes))
    merge(figures)
    show(figures)
    publish.main()


def fill(server: Server, size: int, have: int, with_peer: bool) -> None:
    """Bring both desks to a size."""
    import psycopg

    began = time.monotonic()
    with psycopg.connect(server.url) as connection:
        intake_data.load(connection, size, have)
        if size <= PEER_UPTO:
            connection.execute("delete from conversations_searchdocument where number > %s", [intake_data.ABOVE])
            intake_search.index(connection, have)
    if with_peer:
        active = max(intake_data.ACTIVE, intake_data.LEAST_ACTIVE / size)
        intake_peer.run(server, "load", str(have), str(size), str(active))
    print(f"filled to {size:,} in {time.monotonic() - began:.0f} s", flush=True)


def ours(server: Server, name: str, requests: int) -> Figures:
    """Measure our site at one size."""
    agent, boss = sign_in("agent0"), sign_in(_boss())
    with serving(server, [sys.executable, "-c", SERVE, "servewell.site.asgi:application", "asgi"], agent) as site:
        paths = [f"{INBOX}?view={view}" for view in VIEWS] + [_deep(site, 10)]
        for path in paths[:-1]:
            assert len(site.ask(path)["items"]) == 50 or "mine" in path, path
        page = site.cost_ms(_in_turn(site, paths), max(requests, LEAST) if name in COMPARED else requests)
        counts = site.cost_ms(lambda: site.ask(f"{INBOX}/counts"), requests // 4)
        empty = site.cost_ms(lambda: site.ask(f"{INBOX}?field=plan:none"), requests // 4)
        deep = site.cost_ms(_in_turn(site, [_deep(site, 200 if name == "1m" else 10)]), requests // 4)
        site.headers = boss
        random = Random(3)
        asked = lambda: site.ask(f"{INBOX}/search?words={quote(intake_texts.query(random))}")  # noqa: E731 - short
        search = site.cost_ms(asked, requests // 4) if SIZES[name] <= PEER_UPTO else None
        new = site.cost_ms(_messages(site, name), requests // 2)
        follow = site.cost_ms(_messages(site, f"{name}-follow", threads=50), requests // 4)
    found = {"inbox_page": page, "inbox_counts": counts, "inbox_empty_filter": empty, "inbox_deep_page": deep}
    found |= {"inbound_new": new, "inbound_follow_up": follow}
    if search is not None:
        found["search"] = search
    return {f"{what}_cpu_ms_{name}": round(value, 3) for what, value in found.items()}


def statements_counted() -> Figures:
    """Count what a page and a message ask the database, in this process, as Django logs it."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost", headers={"Cookie": sign_in("agent0")["Cookie"]})
    pages = []
    for view in VIEWS:
        with CaptureQueriesContext(connection) as page:
            assert client.get(f"{INBOX}?view={view}").status_code == 200
        pages.append(len(page))
    with CaptureQueriesContext(connection) as counts:
        client.get(f"{INBOX}/counts")
    return {
        "inbox_sql_statements": max(pages),
        "inbox_counts_sql_statements": len(counts),
        "inbound_sql_statements": _received("statements-new", "statements-new"),
        "inbound_follow_up_sql_statements": _received("statements-again", "statements-new"),
    }


def _received(message: str, thread: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.conversations import actions
    from servewell.apps.conversations.inbound import InboundMessage
    from servewell.apps.customers.identities import Identity

    said = InboundMessage(
        channel="api",
        source="bench",
        external_id=message,
        thread=thread,
        identities=(Identity("email", "statements@example.com", verified=True),),
        text="Where is my parcel?",
        team=intake_data.desk().teams[0],
    )
    with CaptureQueriesContext(connection) as captured:
        actions.receive(SYSTEM, said)
    return len([query for query in captured if query["sql"] not in ("BEGIN", "COMMIT")])


def ratios(figures: Figures, names: list[str]) -> Figures:
    """Return peer / ours, growth, and the figures of the largest size under their own names."""
    made: Figures = {}
    for name in names:
        for ratio, peer_of, own in (
            ("api_ratio", "django_helpdesk_create", "inbound_new"),
            ("list_ratio", "django_helpdesk_screen_list", "inbox_page"),
            ("search_ratio", "django_helpdesk_search", "search"),
            ("api_list_ratio", "django_helpdesk_api_list", "inbox_page"),
        ):
            peer, mine = figures.get(f"{peer_of}_cpu_ms_{name}"), figures.get(f"{own}_cpu_ms_{name}")
            if peer and mine:
                made[f"{ratio}_django_helpdesk_{name}"] = round(peer / mine, 2)
    if "api_ratio_django_helpdesk_100k" in made:
        made["api_ratio_django_helpdesk"] = made["api_ratio_django_helpdesk_100k"]
    last = names[-1]
    if f"inbound_new_cpu_ms_{last}" in figures:
        made["inbound_cpu_ms"] = figures[f"inbound_new_cpu_ms_{last}"]
    if {"inbox_page_cpu_ms_1k", "inbox_page_cpu_ms_1m"} <= figures.keys():
        made["inbox_growth_1k_to_1m"] = round(figures["inbox_page_cpu_ms_1m"] / figures["inbox_page_cpu_ms_1k"], 2)
        made["inbox_counts_growth_1k_to_1m"] = round(
            figures["inbox_counts_cpu_ms_1m"] / figures["inbox_counts_cpu_ms_1k"], 2
        )
    return made


def sign_in(username: str) -> dict[str, str]:
    """Return the headers of somebody's session."""
    from django.test import Client

    from servewell.apps.people.models import User

    client = Client()
    client.force_login(
        User.objects.get(username=username), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    token = "a" * 32
    return {"Cookie": f"sw_session={client.cookies['sw_session'].value}; csrftoken={token}", "X-CSRFToken": token}


def _boss() -> str:
    from servewell.apps.people.models import User

    User.objects.get_or_create(username="boss", defaults={"role": "administrator", "name": "Boss"})
    return "boss"


def _messages(site: Site, name: str, threads: int = 0) -> Callable[[], object]:
    """Return what sends one message more: of somebody new, or into one of `threads` conversations."""
    random, number, teams = Random(5), count(), intake_data.desk().teams

    def send() -> object:
        this = next(number)
        who = this % threads if threads else this
        text = intake_texts.talk(random)
        return site.ask(
            f"{INBOX}/incoming",
            {
                "channel": "api",
                "source": "bench",
                "external_id": f"{name}-{this}",
                "thread": f"{name}-{who}",
                "identities": [{"kind": "email", "value": f"{name}-{who}@example.com"}],
                "subject": text.subject,
                "text": text.messages[0][1],
                "team": str(teams[0]),
            },
        )

    return send


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
    """Write the keys beside those of the other parts."""
    OUT.parent.mkdir(exist_ok=True)
    known = json.loads(OUT.read_text(encoding="utf-8")) if OUT.exists() else {}
    OUT.write_text(json.dumps(dict(sorted({**known, **figures}.items())), indent=2) + "\n", encoding="utf-8")


def show(figures: Figures) -> None:
    """Print what was found."""
    for name, value in sorted(figures.items()):
        print(f"{name:<48}{value:>12}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", default="1k,10k,100k,1m", help="of these, ascending")
    parser.add_argument("--requests", type=int, default=1000, help="of a round at ours")
    parser.add_argument("--peer-requests", type=int, default=400, help="of a round at the peer, at most")
    parser.add_argument("--without-peer", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()

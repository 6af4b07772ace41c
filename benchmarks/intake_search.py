"""What does a search cost among a million conversations? `python benchmarks/intake_search.py [--size N] [--queries N]`.

1. Conversations come by COPY (intake_data.py), their documents by the same code that the worker runs, also by COPY.
2. The queries are a mix: common words, rare ones, two words, names, order numbers, English, phrases, one character,
   with and without filters, as a manager who may read all and as an agent who may read one team.
3. CPU is that of the process that asks (parse, rank, highlight, rows to JSON) plus that of all of PostgreSQL, parallel
   workers too, by difference around each query. No query is asked twice; sixty others of all kinds warmed the pages.
4. Writing: a message's document through the indexer, and the time from its commit until it is found.

Keys go to benchmarks/out/intake.json beside those of the other parts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import publish  # beside this file

HERE = Path(__file__).resolve().parent
OUT = HERE / "out" / "intake.json"
BATCH = 5_000  # conversations whose documents are made in one go
INDEX = "search_terms"
TICK = os.sysconf("SC_CLK_TCK")
WARM = 60  # queries before the measured ones
Query = tuple[str, str, dict[str, str]]  # kind, who asks, the parameters


def main() -> None:
    options, before = _options(), round(os.getloadavg()[0], 2)
    with server(options.server) as url:
        import psycopg

        with psycopg.connect(url) as connection:
            if not _has(connection, options.size):
                load(connection, options.size)
        figures = measure(options.size, options.queries, postmaster(url))
        figures |= {"search_load_before": before, "search_load_after": round(os.getloadavg()[0], 2)}
    merge(figures, Path(options.out))
    show(figures)
    publish.main()


def index(connection: Any, have: int = 0) -> dict[str, float]:
    """Write the documents of all conversations with a number above `have`; return what it cost."""
    from servewell.apps.conversations.search import jobs

    before, began = cpu_s([os.getpid(), connection.info.backend_pid]), time.perf_counter()
    connection.execute(f"drop index if exists {INDEX}")
    count = 0
    for ids in _batches(connection, have):
        _write(connection, ids)
        count += len(ids)
    connection.execute(
        f"create index {INDEX} on conversations_searchdocument using gin (terms) with (gin_pending_list_limit = 1024)"
    )
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum analyze conversations_searchdocument")
    connection.autocommit = False
    cpu = cpu_s([os.getpid(), connection.info.backend_pid]) - before
    jobs.count_words()
    return {
        "search_load_cpu_us_per_conversation": round(cpu / max(count, 1) * 1e6),
        "wall": time.perf_counter() - began,
    }


def load(connection: Any, size: int) -> None:
    import intake_data  # beside this file

    began = time.perf_counter()
    intake_data.load(connection, upto=size)
    print(f"loaded {size:,} conversations in {time.perf_counter() - began:.0f} s", flush=True)
    print("documents:", index(connection), flush=True)


def _batches(connection: Any, have: int) -> Iterator[list[Any]]:
    number = have
    while True:
        rows = connection.execute(
            "select id, number from conversations_conversation where number > %s and merged_into_id is null"
            " order by number limit %s",
            [number, BATCH],
        ).fetchall()
        if not rows:
            return
        number = rows[-1][1]
        yield [row[0] for row in rows]


def _write(connection: Any, ids: list[Any]) -> None:
    from servewell.apps.base import clock
    from servewell.apps.conversations.search import jobs
    from servewell.apps.conversations.search.documents import document

    columns = "conversation_id, number, terms, length, indexed_at"
    now = clock.now()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy conversations_searchdocument ({columns}) from stdin") as copy,
    ):
        for said in sorted(jobs._said(ids, ids), key=lambda one: one.number):
            made = document(said)
            terms = "{" + ",".join(map(str, made.terms)) + "}"
            copy.write(f"{made.conversation_id}\t{made.number}\t{terms}\t{made.length}\t{now.isoformat()}\n")
    connection.commit()


def cpu_s(pids: list[int]) -> float:
    """Return user and system seconds of these processes, to the nanosecond where the kernel tells it."""
    total = 0.0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
        except (OSError, IndexError):
            total += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) / TICK
    return total


def all_of(postgres: int) -> float:
    """Return the seconds of a postmaster's processes, and those of the ones that ended, to a hundredth."""
    children = Path(f"/proc/{postgres}/task/{postgres}/children").read_text().split()
    ended = Path(f"/proc/{postgres}/stat").read_text().rpartition(")")[2].split()[13:15]
    return cpu_s([postgres, *map(int, children)]) + sum(map(int, ended)) / TICK


def postmaster(url: str) -> int:
    """Return the process that all backends are children of."""
    import psycopg

    with psycopg.connect(url) as connection:
        status = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
    return int(status.rpartition(")")[2].split()[1])


def _has(connection: Any, size: int) -> bool:
    row = connection.execute("select count(*) from conversations_searchdocument").fetchone()
    return bool(row and row[0] >= size)


@contextmanager
def server(folder: str | None) -> Iterator[str]:
    """Run an embedded PostgreSQL with our tables for the block; a named folder is kept for the next run."""
    from servewell.site import embedded_postgres

    with tempfile.TemporaryDirectory() as own:
        home = Path(folder or own)
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o755)
        os.environ["SERVEWELL_DATA"] = str(home / "data")
        running = embedded_postgres.start(home / "server")
        try:
            os.environ["SERVEWELL_DATABASE_URL"] = running.url
            _prepare(running.url)
            yield running.url
        finally:
            running.stop()


def _prepare(url: str) -> None:
    import django
    import psycopg

    os.environ["DJANGO_SETTINGS_MODULE"] = "servewell.site.settings"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create extension if not exists vector")
    django.setup()
    from servewell.site import migrations

    migrations.apply()


def measure(size: int, count: int, postgres: int) -> dict[str, Any]:
    """Return what searches and writes cost in a desk of this size; Django must be set up."""
    name = {1_000: "1k", 10_000: "10k", 100_000: "100k", 1_000_000: "1m"}.get(size, str(size))
    warm, asked = _apart(_queries(WARM + count * 2), count)
    costs = _costs(warm, asked, postgres)
    by_kind: dict[str, list[float]] = {}
    for (kind, _, _), cost in zip(asked, costs, strict=True):
        by_kind.setdefault(kind, []).append(cost)
    figures: dict[str, Any] = {
        f"search_p95_ms_{name}": round(statistics.quantiles(costs, n=20)[-1], 1),
        f"search_p50_ms_{name}": round(statistics.median(costs), 1),
        f"search_max_ms_{name}": round(max(costs), 1),
    }
    for kind, some in sorted(by_kind.items()):
        figures[f"search_p95_ms_{name}_{kind}"] = round(statistics.quantiles(some, n=20)[-1], 1)
    return figures | {f"{key}_{name}": value for key, value in (_writing() | _visible()).items()}


def _queries(count: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield kind, who asks (manager, agent of the busiest team, of a small one) and the address's values."""
    import intake_data
    import intake_texts as texts

    random = Random(11)
    made = intake_data.desk()
    orders = _some_orders(random, 40)
    customers = [str(intake_data.customer_id(number)) for number in (0, 17, 4711)]
    zh = (texts.ZH_THINGS, texts.ZH_FAULTS, texts.ZH_ASKS)
    common = ("退款", "谢谢", "手机", "处理", "订单号", "please", "the", "order", "退", "我")
    common += (*texts.ZH_THINGS[:15], *texts.ZH_FAULTS[:15], *texts.EN_THINGS[:10])  # enough to ask none twice
    filters = (
        {"status": "closed"},
        {"status": "waiting_us"},
        {"channel": "email"},
        {"channel": "phone"},
        {"tag": str(made.tags[0])},
        {"tag": str(made.tags[-1])},
        {"customer": customers[0]},
        {"customer": customers[1]},
        {"assignee": "me"},
        {"priority": "urgent"},
        {"created_from": "2026-01-01T00:00:00Z"},
        {"attachments": "true"},
    )
    kinds: dict[str, Any] = {
        "mixed": lambda: texts.query(random),
        "common": lambda: random.choice(common),
        "two_words": lambda: " ".join(random.choice(words) for words in random.sample(zh, 2)),
        "three_words": lambda: f"{random.choice(texts.ZH_PLACES)} {random.choice(zh[0])} {random.choice(zh[1])}",
        "sentence": lambda: f"{random.choice(zh[0])}{random.choice(zh[1])}，{random.choice(zh[2])}",
        "order": lambda: random.choice(orders),
        "name": lambda: f"客户 {random.randrange(1, 400_000)}",
        "number": lambda: f"#{random.randrange(1, 1_000_000)}",
        "english": lambda: f"{random.choice(texts.EN_THINGS)} {random.choice(texts.EN_FAULTS)}",
        "phrase": lambda: f"“{random.choice(zh[1])}” {random.choice(zh[0])}",
        "nothing": lambda: "量子纠缠 " + random.choice(zh[0]),
        "filtered": lambda: texts.query(random),
        "filtered_common": lambda: random.choice(common),
    }
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        extra = random.choice(filters) if kind.startswith("filtered") else {}
        who = random.choice(("manager", "agent0", "agent0", "agent5"))
        yield kind, who, {"words": kinds[kind](), **extra}


def _some_orders(random: Random, count: int) -> list[str]:
    import re

    import intake_data
    from servewell.apps.conversations.models import Message

    ids = [intake_data.conversation_id(random.randrange(1, _size())) for _ in range(count * 3)]
    said = Message.objects.filter(conversation_id__in=ids, position=1).values_list("text", flat=True)
    return [match[0] for match in (re.search(r"SW\d+", text) for text in said) if match][:count] or ["SW00000000"]


def _size() -> int:
    from servewell.apps.conversations.models import Conversation

    return Conversation.objects.order_by("-number").values_list("number", flat=True)[0]


def _apart(queries: Iterator[Query], count: int) -> tuple[list[Query], list[Query]]:
    """Return queries that warm, and up to `count` others that are measured: no words are in both, or there twice."""
    first: dict[str, Query] = {}
    for query in queries:
        first.setdefault(query[2]["words"], query)
    once = list(first.values())
    return once[:WARM], once[WARM : WARM + count]


def _costs(warm: list[Query], asked: list[Query], postgres: int) -> list[float]:
    """Return the CPU milliseconds of each query, the whole request, asked once."""
    from django.test import Client

    clients = {who: Client(SERVER_NAME="localhost") for who in ("manager", "agent0", "agent5")}
    for who, client in clients.items():
        client.force_login(_person(who))
    for _, who, values in warm:
        clients[who].get("/api/v1/conversations/search", values)
    return [_cost(clients[who], values, postgres) for _, who, values in asked]


def _cost(client: Any, values: dict[str, str], postgres: int) -> float:
    before = cpu_s([os.getpid()]) + all_of(postgres)
    answer = client.get("/api/v1/conversations/search", values)
    cost = (cpu_s([os.getpid()]) + all_of(postgres) - before) * 1000
    assert answer.status_code == 200, answer.content
    return cost


def _person(username: str) -> Any:
    from servewell.apps.people.models import User

    role = "manager" if username == "manager" else "agent"
    return User.objects.get_or_create(username=username, defaults={"role": role})[0]


def _writing(count: int = 400) -> dict[str, Any]:
    """Return what the document of a new message costs, beside the message itself."""
    from django.db import connection

    import intake_texts
    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.conversations import actions
    from servewell.apps.conversations.inbound import InboundMessage
    from servewell.apps.conversations.search import jobs
    from servewell.apps.customers.identities import Identity

    random = Random(5)
    pids = [os.getpid(), connection.connection.info.backend_pid]
    while jobs.index_due():
        pass
    began = cpu_s(pids)
    for number in range(count):
        text = intake_texts.talk(random).messages[0][1]
        who = (Identity("email", f"bench{number % 50}@example.com", verified=True),)
        actions.receive(SYSTEM, InboundMessage(channel="email", source="bench", text=text, identities=who))
    written = cpu_s(pids)
    while jobs.index_due(limit=20):  # as many as come within a moment
        pass
    indexed = cpu_s(pids)
    return {
        "search_receive_cpu_ms": round((written - began) / count * 1000, 2),
        "search_index_cpu_ms_per_message": round((indexed - written) / count * 1000, 2),
    }


def _visible(count: int = 25) -> dict[str, Any]:
    """Return how long after its commit a message is found, with a worker at work."""
    from servewell.apps.base.principal import SYSTEM
    from servewell.apps.conversations import actions
    from servewell.apps.conversations.inbound import InboundMessage
    from servewell.apps.conversations.search import queries
    from servewell.apps.customers.identities import Identity

    worker = subprocess.Popen([sys.executable, "-m", "servewell.site.cli", "worker"], cwd=HERE.parent)
    waits = []
    try:
        for number in range(count + 1):  # the first one waits for the worker to be there
            word = f"visible{number}x{os.getpid()}"
            who = (Identity("email", f"visible{number}@example.com", verified=True),)
            actions.receive(SYSTEM, InboundMessage(channel="email", source="bench", text=word, identities=who))
            began = time.perf_counter()
            while not queries.search(SYSTEM, word).items and time.perf_counter() - began < 60:
                time.sleep(0.02)
            waits.append(time.perf_counter() - began)
            time.sleep(0.3)
    finally:
        worker.terminate()
        worker.wait(20)
    return {
        "search_visible_p50_s": round(statistics.median(waits[1:]), 2),
        "search_visible_p95_s": round(statistics.quantiles(waits[1:], n=20)[-1], 2),
    }


def merge(figures: dict[str, Any], out: Path) -> None:
    """Put the figures beside those of the other parts."""
    known = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    out.write_text(json.dumps(dict(sorted((known | figures).items())), indent=2) + "\n", encoding="utf-8")


def show(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        print(f"{name:<48}{value!s:>12}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--size", type=int, default=1_000_000, help="conversations")
    parser.add_argument("--queries", type=int, default=300, help="measured queries")
    parser.add_argument("--out", default=str(OUT), help="file of the figures")
    parser.add_argument("--server", help="folder of a server that is kept for the next run")
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    main()

"""What does the one port cost? `python benchmarks/entry.py [--requests N] [--rounds N]`.

1. The same Django view (a JSON body of 1 KB, one row written, one query) behind three entries of granian: our bridge,
   plain WSGI in threads, and Django's own ASGI. One worker process and eight threads each, four clients.
2. Rounds take turns; each is warmed up. CPU is user and system of the web process alone, from /proc by difference;
   of several rounds the median counts.
3. Two hundred open streams hear twenty events; the wait from commit to the last screen is a wall time.

Results go to benchmarks/out/entry.json; ratios are peer / ours, above 1 is better.
"""

import argparse
import asyncio
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import publish  # beside this file

HERE = Path(__file__).parent
ROOT = HERE.parent
OUT = HERE / "out" / "entry.json"
SERVE = (
    "import sys; from granian import Granian; target, interface, port, threads = sys.argv[1:];"
    "Granian(target, port=int(port), interface=interface, blocking_threads=int(threads) if interface == 'wsgi' else 1,"
    "websockets=False, log_enabled=False).serve()"
)
ENTRIES = {"bridge": ("ours", "asgi"), "wsgi": ("wsgi", "wsgi"), "django_asgi": ("asgi", "asgi")}
NAMES = {"bridge": "our bridge", "wsgi": "plain WSGI", "django_asgi": "Django ASGI"}
THREADS, CLIENTS, STREAMS, EVENTS = 8, 4, 200, 20
WEB = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.entry_settings",
    "SERVEWELL_PROCESS": "web",  # with a pool of connections
    "SERVEWELL_THREADS": str(THREADS),
}
BODY = json.dumps({"case": 7, "text": "x" * 1000})
TICK = os.sysconf("SC_CLK_TCK")
_writers: list[asyncio.StreamWriter] = []


def main() -> None:
    options = _options()
    with database() as url:
        costs: dict[str, list[float]] = {name: [] for name in ENTRIES}
        for _ in range(options.rounds):
            for name in ENTRIES:
                costs[name].append(measure(name, options.requests))
        waits = stream_waits(url)
    result = summary(costs, waits, options)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    show(result)
    publish.main()


def measure(name: str, requests: int) -> float:
    """Return the CPU milliseconds of the web process for one request of this entry."""
    with serving(name) as (process, port), ThreadPoolExecutor(CLIENTS) as clients:
        share = requests // CLIENTS
        list(clients.map(post, [port] * CLIENTS, [share // 4] * CLIENTS))  # warm: pages, pool, caches
        before = cpu_s(process.pid)
        list(clients.map(post, [port] * CLIENTS, [share] * CLIENTS))
        return (cpu_s(process.pid) - before) / (share * CLIENTS) * 1000


def post(port: int, count: int) -> None:
    """Send `count` writes over one connection; each must be answered with the row counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(count):
        connection.request("POST", "/write", BODY, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content[:500]
        assert json.loads(content)["stored"] is True
    connection.close()


@contextmanager
def serving(name: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """Run granian with one of the entries for the block."""
    target, interface = ENTRIES[name]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, f"benchmarks.entry_site:{target}", interface, str(port), str(THREADS)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **WEB})
    try:
        _wait(port)
        yield process, port
    finally:
        process.terminate()
        process.wait(20)


def cpu_s(pid: int) -> float:
    """Return user and system seconds of a process and its descendants."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, ticks)) / TICK + sum(cpu_s(int(child)) for child in children)


def stream_waits(url: str) -> list[float]:
    """Return, for each of EVENTS events and STREAMS screens, the seconds from before its commit to its arrival."""
    cookie = _sign_in()
    with serving("bridge") as (_, port):
        return asyncio.run(_watch(port, cookie, url))


async def _watch(port: int, cookie: str, url: str) -> list[float]:
    arrivals: list[list[float]] = [[] for _ in range(STREAMS)]
    readers = []
    for arrived in arrivals:
        reader = await _open(port, cookie)
        readers.append(asyncio.create_task(_read(reader, arrived)))
    waits: list[float] = []
    for number in range(EVENTS):
        began = time.perf_counter()
        await asyncio.to_thread(_happen)
        async with asyncio.timeout(60):
            while any(len(arrived) <= number for arrived in arrivals):
                await asyncio.sleep(0.005)
        waits += [arrived[number] - began for arrived in arrivals]
        await asyncio.sleep(0.2)
    for reader in readers:
        reader.cancel()
    return waits


async def _open(port: int, cookie: str) -> asyncio.StreamReader:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /stream HTTP/1.1\r\nHost: localhost\r\nCookie: sw_session={cookie}\r\n\r\n".encode())
    while b"event: hello" not in await reader.readline():
        pass
    _writers.append(writer)  # kept, or the connection would be closed with it
    return reader


async def _read(reader: asyncio.StreamReader, arrived: list[float]) -> None:
    while line := await reader.readline():
        if line.startswith(b"event: journal"):
            arrived.append(time.perf_counter())


def _happen() -> None:
    from django.db import connection, transaction

    from servewell.apps.base import ids
    from servewell.apps.journal.actions import record
    from servewell.apps.journal.events import Event

    with transaction.atomic():
        record(Event(name="conversation.opened", conversation=ids.new()))
    connection.close()


def _sign_in() -> str:
    from django.test import Client

    from servewell.apps.people.actions import create_admin

    client = Client()
    client.force_login(create_admin("bench", "correct-horse-9"))
    return client.cookies["sw_session"].value


@contextmanager
def database() -> Iterator[str]:
    """Run an embedded PostgreSQL with our tables, and the benchmark's own, for the block."""
    from servewell.site import embedded_postgres

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # the user that runs PostgreSQL passes through
        os.environ["SERVEWELL_DATA"] = str(Path(folder) / "data")
        server = embedded_postgres.start(Path(folder) / "server")
        try:
            os.environ["SERVEWELL_DATABASE_URL"] = server.url
            _prepare(server.url)
            yield server.url
        finally:
            server.stop()


def _prepare(url: str) -> None:
    import django
    import psycopg

    os.environ["DJANGO_SETTINGS_MODULE"] = "servewell.site.settings"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create extension if not exists vector")
        connection.execute("create table bench_entry (number integer not null, text text not null)")
    django.setup()
    from servewell.site import migrations

    migrations.apply()


def summary(costs: dict[str, list[float]], waits: list[float], options: argparse.Namespace) -> dict[str, object]:
    """Return the flat result."""
    cpu = {name: statistics.median(rounds) for name, rounds in costs.items()}
    return {
        **{f"{name}_cpu_ms_per_post": round(value, 3) for name, value in cpu.items()},
        "ratio_wsgi": round(cpu["wsgi"] / cpu["bridge"], 2),
        "ratio_django_asgi": round(cpu["django_asgi"] / cpu["bridge"], 2),
        "stream_p95_ms_200": round(statistics.quantiles(waits, n=20)[-1] * 1000, 1),
        "stream_p50_ms_200": round(statistics.median(waits) * 1000, 1),
        "requests": options.requests,
        "rounds": options.rounds,
        "threads": THREADS,
        "clients": CLIENTS,
        "load_1min": round(os.getloadavg()[0], 2),
        "processors": os.cpu_count(),
    }


def show(result: dict[str, object]) -> None:
    """Print the table."""
    print(f"{'entry':<14}{'CPU ms a POST':>14}{'peer / ours':>14}")
    for name, label in NAMES.items():
        ratio = result.get(f"ratio_{name}", 1.0)
        print(f"{label:<14}{result[f'{name}_cpu_ms_per_post']:>14.3f}{ratio:>14.2f}")
    print(
        f"\nevent to screen, {STREAMS} open: p50 {result['stream_p50_ms_200']} ms, p95 {result['stream_p95_ms_200']} ms"
    )
    print(f"load {result['load_1min']} on {result['processors']} processors; {result['requests']} requests a round")


def _wait(port: int) -> None:
    for _ in range(300):
        with suppress(OSError, http.client.HTTPException):
            return post(port, 1)
        time.sleep(0.1)
    raise TimeoutError("the server does not answer")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=2000, help="measured requests of a round (at least 1,000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each entry")
    return parser.parse_args()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()

"""How is django-helpdesk driven beside ours? In its own environment, on the same PostgreSQL, by its own addresses."""

import base64
import json
import os
import subprocess
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import intake_texts  # beside this file
from intake_sites import SERVE, Server, Site, databases, serving

HERE = Path(__file__).resolve().parent
PEER = HERE / ".peers" / "helpdesk"
WANTED = ("django-helpdesk==2.6.1", "psycopg[binary,pool]==3.3.9", "granian==2.8.7")
COMMAND = [str(PEER / "bin" / "python"), "-c", SERVE, "intake_helpdesk_urls:application", "wsgi"]


@contextmanager
def site(server: Server, name: str) -> Iterator[Site]:
    """Run django-helpdesk at a size, asked by its member of staff."""
    database, token = f"helpdesk_{name}", "a" * 32
    session = run(server, database, "prepare").strip()
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
    with serving(server, database, COMMAND, headers, environment(server, database)) as running:
        yield running


def screen_list(site: Site) -> Callable[[], object]:
    """Return what asks for the first page of the screen's list: open tickets, the newest first."""
    return lambda: _rows(site.ask(_screen({"sorting": "created"})))


def api_list(site: Site) -> Callable[[], object]:
    """Return what asks for the first page of the API's list."""
    return lambda: site.ask("/api/tickets/?page_size=50")


def search(site: Site, texts: Iterator[str]) -> Callable[[], object]:
    """Return what searches for one text more."""
    return lambda: site.ask(_screen({"search_string": next(texts)}))


def create(site: Site) -> Callable[[], object]:
    """Return what sends one ticket more."""
    random, number = Random(5), count()
    return lambda: site.ask("/api/tickets/", _ticket(random, next(number)))


def install(server: Server) -> None:
    """Install the peer where it is not yet, and make the pattern of its databases."""
    import psycopg

    if not (PEER / "bin" / "granian").exists():
        venv.create(PEER, with_pip=True)
        subprocess.run([PEER / "bin" / "pip", "install", "-q", *WANTED], check=True)
    if "helpdesk" not in databases(server):
        with psycopg.connect(server.of("postgres"), autocommit=True) as connection:
            connection.execute("create database helpdesk")
    run(server, "helpdesk", "prepare")


def environment(server: Server, database: str) -> dict[str, str]:
    """Return what tells the peer where its database is."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(server.url)
    return {
        "BENCH_DATABASE": database,
        "BENCH_USER": str(parts["user"]),
        "BENCH_PASSWORD": str(parts["password"]),
        "BENCH_PORT": str(parts["port"]),
        "DJANGO_SETTINGS_MODULE": "intake_helpdesk_settings",
    }


def run(server: Server, database: str, *command: str) -> str:
    """Run `intake_helpdesk.py` in its environment; return what it says."""
    done = subprocess.run(
        [str(PEER / "bin" / "python"), str(HERE / "intake_helpdesk.py"), *command],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        cwd=HERE,
        env={**os.environ, **environment(server, database)},
    )
    return done.stdout


def _screen(query: dict[str, Any]) -> str:
    """Return the address from which the peer's ticket list fills its table: fifty rows, the newest first."""
    wanted = {
        "filtering": {"status__in": [1, 2]},
        "sorting": "created",
        "sortreverse": True,
        "search_string": "",
        **query,
    }
    if wanted["search_string"]:
        wanted["filtering"] = {}
    coded = base64.b64encode(json.dumps(wanted).encode()).decode()
    order = "order[0][column]=5&order[0][dir]=desc&search[value]="
    return f"/datatables_ticket_list/{quote(coded)}?draw=1&start=0&length=50&{order}"


def _rows(answer: dict[str, Any]) -> None:
    assert len(answer["data"]) == 50, len(answer["data"])


def _ticket(random: Random, number: int) -> dict[str, Any]:
    said = intake_texts.talk(random)
    address = f"new-{number}@example.com"
    title, text = said.subject[:100], said.messages[0][1]
    return {"queue": 1, "title": title, "description": text, "submitter_email": address, "priority": 3, "status": 1}

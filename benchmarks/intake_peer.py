"""How is django-helpdesk driven beside ours? In its own environment, on the same PostgreSQL, by its own addresses."""

import base64
import json
import os
import subprocess
import venv
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import intake_texts  # beside this file
from intake_sites import SERVE, Server, serving

HERE = Path(__file__).resolve().parent
PEER = HERE / ".peers" / "helpdesk"
WANTED = ("django-helpdesk==2.6.1", "psycopg[binary,pool]==3.3.9", "granian==2.8.7")
API_LIST = ("1k", "10k")  # its API reads every ticket for each page: beyond, one takes minutes
PATIENCE_S = 60.0  # that a round may take: the peer is asked less often where it takes long


def measure(server: Server, name: str, requests: int) -> dict[str, float]:
    """Measure django-helpdesk at the same size: its screen's list and search, its API's list, a ticket by its API."""
    session = run(server, "prepare").strip()
    token = "a" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
    command = [str(PEER / "bin" / "python"), "-c", SERVE, "intake_helpdesk_urls:application", "wsgi"]
    random, number = Random(3), count()
    with serving(server, command, headers, environment(server)) as site:
        screen = site.cost_ms(lambda: _rows(site.ask(_screen({"sorting": "created"}))), requests, PATIENCE_S)
        search = site.cost_ms(
            lambda: site.ask(_screen({"search_string": intake_texts.query(random)})), requests // 4, PATIENCE_S
        )
        new = site.cost_ms(lambda: site.ask("/api/tickets/", _ticket(next(number))), requests, PATIENCE_S)
        if name in API_LIST:
            api = site.cost_ms(lambda: site.ask("/api/tickets/?page_size=50"), requests // 20, PATIENCE_S)
    found = {"screen_list": screen, **({"api_list": api} if name in API_LIST else {}), "search": search, "create": new}
    return {f"django_helpdesk_{what}_cpu_ms_{name}": round(value, 3) for what, value in found.items()}


def install(server: Server) -> None:
    """Install the peer where it is not yet, and make its database and tables."""
    import psycopg

    if not (PEER / "bin" / "granian").exists():
        venv.create(PEER, with_pip=True)
        subprocess.run([PEER / "bin" / "pip", "install", "-q", *WANTED], check=True)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("create database helpdesk")
    run(server, "prepare")


def environment(server: Server) -> dict[str, str]:
    """Return what tells the peer where the database is."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(server.url)
    return {
        "BENCH_USER": str(parts["user"]),
        "BENCH_PASSWORD": str(parts["password"]),
        "BENCH_PORT": str(parts["port"]),
        "DJANGO_SETTINGS_MODULE": "intake_helpdesk_settings",
    }


def run(server: Server, *command: str) -> str:
    """Run `intake_helpdesk.py` in its environment; return what it says."""
    done = subprocess.run(
        [str(PEER / "bin" / "python"), str(HERE / "intake_helpdesk.py"), *command],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        cwd=HERE,
        env={**os.environ, **environment(server)},
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


def _ticket(number: int) -> dict[str, Any]:
    said = intake_texts.talk(Random(number))
    address = f"new-{number}@example.com"
    title, text = said.subject[:100], said.messages[0][1]
    return {"queue": 1, "title": title, "description": text, "submitter_email": address, "priority": 3, "status": 1}

"""From a file to its process map, over HTTP."""

from collections.abc import Callable
from typing import Any

from django.test import Client

BASE = "/api/v1/insight"
US = "\u001f"


def test_it_works(client: Client, start: Callable[..., Any], work: Callable[[], None]) -> None:
    """A file is sent, becomes a log, and shows its map."""
    log = start()
    assert (log["state"], log["kind"]) == ("importing", "imported")
    work()
    log = client.get(f"{BASE}/logs/{log['id']}").json()
    assert log["state"] == "ready", log
    assert (log["events"], log["cases"], log["activities"]) == (9, 3, 3)
    found = client.get(f"{BASE}/logs/{log['id']}/map").json()
    assert {node["id"]: node["events"] for node in found["nodes"]} == {"open": 3, "work": 3, "close": 3}
    edges = {(edge["from"], edge["to"]): (edge["n"], edge["sum"]) for edge in found["edges"]}
    assert edges[("open", "work")] == (2, 660.0)
    assert edges[("work", "work")] == (1, 60.0)
    assert found["totals"]["variants"] == 3
    assert found["totals"]["log_cases"] == 3

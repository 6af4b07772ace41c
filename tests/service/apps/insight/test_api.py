"""From a file to its process map, over HTTP."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from servewell.apps.base import cursors
from servewell.apps.base.principal import SYSTEM
from servewell.apps.insight import answers, queries
from servewell.apps.people import actions as people
from servewell.engines import mining

BASE = "/api/v1/insight"
US = "\u001f"
Get = Callable[..., Any]


@pytest.fixture
def get(client: Client, imported: Callable[..., str]) -> Get:
    """Return a function that asks the small log: `get("map", with=...)`."""
    log = imported()

    def ask(what: str, **wanted: Any) -> Any:
        answer = client.get(f"{BASE}/logs/{log}/{what}", {name.rstrip("_"): value for name, value in wanted.items()})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def test_it_works(client: Client, start: Callable[..., Any], work: Callable[[], None]) -> None:
    """A file is sent, becomes a log, and shows its map."""
    log = start()
    assert (log["state"], log["kind"]) == ("importing", "imported")
    work()
    log = client.get(f"{BASE}/logs/{log['id']}").json()
    assert log["state"] == "ready", log
    assert (log["events"], log["cases"], log["activities"]) == (9, 3, 3)
    assert (log["first_at"], log["last_at"]) == ("2026-03-01T09:00:00Z", "2026-03-03T10:00:00Z")
    assert log["columns"] == {"case": "case", "activity": ["activity"], "time": "time", "resource": "resource"}
    found = client.get(f"{BASE}/logs/{log['id']}/map").json()
    assert found["log"] == log
    assert {node["id"]: node["events"] for node in found["nodes"]} == {"open": 3, "work": 3, "close": 3}
    edges = {(edge["from"], edge["to"]): (edge["n"], edge["cases"], edge["sum"]) for edge in found["edges"]}
    assert edges["open", "work"] == (2, 2, 660.0)
    assert edges["work", "work"] == (1, 1, 60.0)
    assert (found["totals"]["variants"], found["totals"]["log_cases"]) == (3, 3)


def test_a_node_tells_how_often_it_begins_ends_and_comes_again(get: Get) -> None:
    nodes = {node["id"]: node for node in get("map")["nodes"]}
    assert (nodes["open"]["starts"], nodes["open"]["ends"], nodes["open"]["before_s"]) == (3, 0, None)
    assert (nodes["work"]["rework_cases"], nodes["work"]["rework_extra"]) == (1, 1)
    assert nodes["work"]["before_s"] == {"sum": 720.0, "mean": 240.0, "median": 60.0, "p90": 492.0}
    assert (nodes["work"]["label"], nodes["work"]["department"]) == ("work", None)


def test_the_hand_overs_are_counted(get: Get) -> None:
    passed = get("map")["handovers"]
    assert (passed["total"], passed["pairs"]) == (3, 2)
    assert passed["top"][0] == {"from": "ann", "to": "bob", "from_label": "ann", "to_label": "bob", "n": 2}


FILTERS: list[tuple[dict[str, Any], int]] = [  # what is wanted, and how many cases of the small log meet it
    ({"with": ["work"]}, 2),
    ({"with": ["work", "open"]}, 2),  # each of them
    ({"without": ["work"]}, 1),
    ({"path": [f"work{US}work"]}, 1),
    ({"path": [f"close{US}open"]}, 0),  # never
    ({"repeated": ["work"]}, 1),
    ({"handover": [f"bob{US}ann"]}, 1),
    ({"from": "2026-03-02T00:00:00Z"}, 2),
    ({"to": "2026-03-02T00:00:00Z"}, 1),
    ({"min_s": 1800, "max_s": 1800}, 1),  # half an hour sharp
    ({"with": ["nobody does this"]}, 0),
    ({"variant": "no key"}, 0),
]


def test_a_filter_narrows_the_map_the_variants_and_the_cases_alike(get: Get) -> None:
    for wanted, cases in FILTERS:
        totals = get("map", **wanted)["totals"]
        assert (totals["cases"], totals["log_cases"]) == (cases, 3), wanted
        assert get("variants", **wanted)["cases"] == cases, wanted
        assert get("cases", **wanted)["total"] == cases, wanted


def test_a_variant_can_be_followed_to_its_cases(get: Get) -> None:
    found = get("variants")
    shortest = next(one for one in found["items"] if one["steps"] == ["open", "close"])
    assert shortest["share"] == pytest.approx(1 / 3)
    assert found["items"][-1]["cumulative"] == pytest.approx(1)
    assert [row["case"] for row in get("cases", variant=shortest["key"])["items"]] == ["2"]


def test_the_variants_asked_for_are_no_more_than_the_limit(get: Get) -> None:
    found = get("variants", limit=1)
    assert (found["total"], len(found["items"])) == (3, 1)


def test_cases_come_in_the_order_asked_for(get: Get) -> None:
    for sort, order in (("-duration", "312"), ("duration", "213"), ("start", "123"), ("-start", "321")):
        assert "".join(row["case"] for row in get("cases", sort=sort)["items"]) == order, sort


def test_the_cases_behind_an_edge_come_with_their_time_over_it(get: Get) -> None:
    found = get("cases", edge=f"open{US}work", sort="-focus")
    assert [(row["case"], row["focus_s"]) for row in found["items"]] == [("1", 600.0), ("3", 60.0)]


def test_the_cases_behind_a_node_come_with_their_time_on_the_way_to_it(get: Get) -> None:
    found = get("cases", activity="work", sort="focus")
    assert [(row["case"], row["focus_s"]) for row in found["items"]] == [("3", 120.0), ("1", 600.0)]


def test_pages_hang_together(client: Client, imported: Callable[..., str]) -> None:
    rows = "".join(f"{n},open,2026-03-01T09:00:00Z\n{n},close,2026-03-01T09:{n % 7:02}:00Z\n" for n in range(120))
    log = imported(b"case,activity,time\n" + rows.encode())
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"{BASE}/logs/{log}/cases", {"cursor": cursor} if cursor else {}).json()
        seen += [row["case"] for row in page["items"]]
        cursor = page["next"]
    assert page["total"] == 120
    assert sorted(seen, key=int) == [str(n) for n in range(120)]


def test_a_cursor_of_another_order_is_refused(client: Client, imported: Callable[..., str]) -> None:
    rows = "".join(f"{n},open,2026-03-01T09:00:00Z\n" for n in range(60))
    log = imported(b"case,activity,time\n" + rows.encode())
    cursor = client.get(f"{BASE}/logs/{log}/cases").json()["next"]
    of_users = cursors.encode(("ann",), "people.users")
    for asked in ({"cursor": cursor, "sort": "start"}, {"cursor": "made-up"}, {"cursor": of_users}):
        assert client.get(f"{BASE}/logs/{log}/cases", asked).status_code == 400


def test_a_case_has_a_time_line(get: Get) -> None:
    found = get("cases/3")
    assert [(e["label"], e["since_previous_s"], e["resource"]) for e in found["events"]] == [
        ("open", None, "ann"),
        ("work", 60.0, "bob"),
        ("work", 60.0, "bob"),
        ("close", 3480.0, "ann"),
    ]
    assert found["events"][0]["at"] == "2026-03-03T09:00:00Z"


def test_a_case_may_have_any_name(client: Client, imported: Callable[..., str]) -> None:
    log = imported("case,activity,time\nA/7 退款?,open,2026-03-01T09:00:00Z\n".encode())
    found = client.get(f"{BASE}/logs/{log}/cases/A%2F7%20%E9%80%80%E6%AC%BE%3F")
    assert found.json()["case"] == "A/7 退款?"


def test_tables_open_in_excel(client: Client, imported: Callable[..., str]) -> None:
    """UTF-8 with a mark, Chinese intact, and no cell is a formula."""
    log = imported('case,activity,time\n1,退款,2026-03-01T09:00:00Z\n1,"=cmd()",2026-03-01T09:01:00Z\n'.encode())
    for what, cell in (("map", "'=cmd()"), ("variants", "退款 → =cmd()"), ("cases", "1")):
        answer = client.get(f"{BASE}/logs/{log}/export.csv", {"what": what})
        content = b"".join(answer.streaming_content)
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert cell in rows[1], what
        assert "attachment" in answer["Content-Disposition"]


def test_a_table_is_whole(client: Client, imported: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is: each case and each variant once, and the shares add up to one."""
    monkeypatch.setattr(answers, "AT_A_TIME", 7)
    rows = "".join(f"{n},step {n % 20},2026-03-01T09:00:00Z\n{n},close,2026-03-01T09:0{n % 5}:00Z\n" for n in range(50))
    log = imported(b"case,activity,time\n" + rows.encode())
    tables = {}
    for what in ("cases", "variants"):
        answer = client.get(f"{BASE}/logs/{log}/export.csv", {"what": what})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        tables[what] = list(csv.reader(io.StringIO(text)))[1:]
    assert sorted(int(row[0]) for row in tables["cases"]) == list(range(50))
    assert [int(row[0]) for row in tables["variants"]] == list(range(1, len(tables["variants"]) + 1))
    assert len({row[5] for row in tables["variants"]}) == len(tables["variants"]) >= 20
    assert sum(int(row[1]) for row in tables["variants"]) == 50
    assert float(tables["variants"][-1][3]) == pytest.approx(1)


REFUSALS = [  # address, status, name
    ("logs/018bd04c-ce69-763e-9874-32e1a6b661d2/map", 404, "insight-no-such-log"),
    ("logs/nonsense/map", 404, "insight-no-such-log"),
    ("logs/{log}/cases/none", 404, "insight-no-such-case"),
    ("logs/{log}/set-aside.csv", 404, "insight-nothing-set-aside"),
    ("logs/{log}/map?from=soon", 422, "insight-bad-filter"),
    ("logs/{log}/map?path=one", 422, "insight-bad-filter"),
    ("logs/{log}/cases?sort=colour", 422, "site-invalid"),
    ("logs/journal/set-aside.csv", 409, "insight-journal-stays"),
]


def test_a_refusal_is_a_sentence(client: Client, imported: Callable[..., str]) -> None:
    log = imported()
    for path, status, name in REFUSALS:
        answer = client.get(f"{BASE}/{path.format(log=log)}")
        assert (answer.status_code, answer.json()["type"]) == (status, f"/errors/{name}"), path
        assert answer.json()["title"].endswith("."), path


def test_a_log_that_is_not_ready_shows_no_map(client: Client, start: Callable[..., Any]) -> None:
    answer = client.get(f"{BASE}/logs/{start()['id']}/map")
    assert (answer.status_code, answer.json()["type"]) == (409, "/errors/insight-still-importing")


def browser_of(role: str) -> Client:
    browser = Client()
    somebody = people.create_user(SYSTEM, f"{role}-2", None, role=role, language="en")
    browser.force_login(somebody, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.mark.parametrize(
    ("role", "reads", "deletes"),
    [
        ("agent", 403, 403),
        ("auditor", 200, 403),
        ("lead", 200, 403),
        ("manager", 200, 204),
        ("administrator", 200, 204),
    ],
)
def test_a_role_may_what_the_table_says(imported: Callable[..., str], role: str, reads: int, deletes: int) -> None:
    """A lead deletes only what they imported; an auditor only reads; an agent not even that."""
    log, browser = imported(), browser_of(role)
    for path in ("logs", f"logs/{log}", f"logs/{log}/map", f"logs/{log}/cases", "logs/journal/map"):
        assert browser.get(f"{BASE}/{path}").status_code == reads, path
    assert browser.delete(f"{BASE}/logs/{log}").status_code == deletes


def test_nobody_signed_in_is_told_nothing(imported: Callable[..., str]) -> None:
    log = imported()
    for path in ("logs", f"logs/{log}", f"logs/{log}/map", f"logs/{log}/cases/1", f"logs/{log}/export.csv"):
        assert Client().get(f"{BASE}/{path}").status_code == 401


def test_a_map_of_ten_thousand_activities_is_whole(client: Client, imported: Callable[..., str]) -> None:
    rows = "".join(f"{n // 10},step {n},2026-03-01T09:00:00Z\n" for n in range(10_000))
    log = imported(b"case,activity,time\n" + rows.encode())
    found = client.get(f"{BASE}/logs/{log}/map").json()
    assert (len(found["nodes"]), len(found["edges"])) == (10_000, 9_000)


def test_what_takes_too_long_is_stopped_with_a_sentence(
    client: Client, imported: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_for_ever(steps: mining.Steps) -> None:
        steps.connection.con.execute("select count(*) from range(100000000000) a, range(1000) b").fetchall()

    log = imported()
    monkeypatch.setattr(queries, "BUDGET_S", 0.2)
    monkeypatch.setattr(answers.mining, "process_map", ask_for_ever)
    answer = client.get(f"{BASE}/logs/{log}/map", {"min_s": 1})
    assert (answer.status_code, answer.json()["type"]) == (503, "/errors/insight-took-too-long")
    monkeypatch.undo()
    assert client.get(f"{BASE}/logs/{log}/map", {"min_s": 1}).status_code == 200

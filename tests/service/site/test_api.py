"""The frame of the API: how it says no, and that its description is the committed one.

Who may call what is walked by `test_api_walk.py`, over the tables of `endpoints/`.
"""

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from ninja import Schema
from tests.service.apps.people.helpers import Browser, person, signed_in

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Access
from servewell.apps.people import actions
from servewell.apps.people.models import Team
from servewell.site import api as site_api
from servewell.site import docs
from servewell.site.api import api


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


def test_it_works():
    """A signed-in person gets JSON that no cache keeps for others."""
    answer = signed_in(person())("GET", "/api/v1/session")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert answer["Cache-Control"] == "no-store"


def test_who_read_the_names_is_remembered():
    """One row a read, and none for whom it was refused."""
    boss = person("wang", "administrator")
    signed_in(person())("GET", "/api/v1/people/users")
    assert not Access.objects.exists()
    signed_in(boss)("GET", "/api/v1/people/users")
    (row,) = Access.objects.all()
    assert (row.actor, row.subject_kind, row.subject, row.what) == (boss.id, "person", None, "people.list")


def test_the_description_is_the_committed_one():
    """`docs/openapi.json` and `docs/errors.md` say what the code says; `make docs` mends it."""
    assert docs.stale() == []


def test_every_endpoint_is_described_in_words():
    """By a name of its own, a sentence, a room that is explained, who may call it and how it is sent twice."""
    described = api.get_openapi_schema(path_prefix="/api/v1/")
    tags = {tag["name"] for tag in described["tags"]}
    operations = [
        (method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names))
    for method, path, operation in operations:
        assert set(operation["tags"]) <= tags, path
        assert operation["summary"] not in ("", operation["operationId"]), path
        key = {"$ref": "#/components/parameters/IdempotencyKey"}
        security = operation.get("security", [])
        is_public = not any("SessionAuth" in one for one in security)
        repeats = method != "get" and path not in site_api._NEVER_TWICE and not is_public
        assert (key in operation.get("parameters", [])) == repeats, path
        assert any("CsrfToken" in one for one in security) == (method != "get" and not is_public), path


def test_every_error_has_both_sentences():
    """A refusal without words would be a second fault."""
    rows = [line for line in docs.errors().splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    assert all(len([cell for cell in row.split(" | ") if cell.strip(" |")]) == 5 for row in rows)


def test_a_refusal_speaks_the_persons_language():
    """The person's own, before the browser's."""
    chinese = signed_in(person())
    refused = chinese("POST", "/api/v1/people/teams", {"name": "x"}, **{"Accept-Language": "en"})
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["title"].startswith("您的角色没有此项权限")
    english = signed_in(person("wang", language="en"))
    assert english("GET", "/api/v1/people/users").json()["title"].startswith("Your role does not allow")
    assert (
        Client(headers={"Accept-Language": "de, zh;q=0.5"}).get("/api/v1/session").json()["title"].startswith("您尚未")
    )
    assert Client(headers={"Accept-Language": "en-GB"}).get("/api/v1/session").json()["title"].startswith("You are not")


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "name"),
    [
        ("GET", "/api/v1/nothing", None, 404, "site-not-found"),
        ("GET", "/api/nothing", None, 404, "site-not-found"),
        ("GET", "/_allauth/nothing", None, 404, "site-not-found"),
        ("DELETE", "/api/v1/session", None, 405, "site-method-not-allowed"),
        ("PATCH", "/api/v1/session", "{", 400, "site-malformed"),
        ("PATCH", "/api/v1/session", '{"theme": 5}', 422, "site-invalid"),
        ("GET", "/api/v1/people/users?cursor=made-up", None, 400, "base-bad-cursor"),
        ("DELETE", "/api/v1/people/keys/not-an-id", None, 422, "site-invalid"),
    ],
)
def test_every_refusal_is_a_problem(method, path, sent, status, name):
    """Whoever refuses: the room, the frame, or Django itself."""
    browser = signed_in(person("wang", "administrator"))
    token = {"X-CSRFToken": browser.client.cookies["csrftoken"].value}
    answer = browser.client.generic(method, path, sent or "", content_type="application/json", headers=token)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert (answer.json()["type"], answer.json()["status"]) == (f"/errors/{name}", status)


def test_what_is_wrong_with_a_field_is_said_in_words():
    """By its name, so that the screen can point at it."""
    browser = signed_in(person("wang", "administrator"))
    fields = browser("POST", "/api/v1/people/users", {"teams": ["x"]}).json()["fields"]
    assert [(field["name"], field["sentence"]) for field in fields] == [
        ("username", "此项必填。"),
        ("teams.0", "这不是有效的编号。"),
    ]


def test_a_body_too_large_for_memory_is_refused():
    """JSON is read into memory, so it has a limit of its own."""
    browser = signed_in(person("wang", "administrator"))
    answer = browser("POST", "/api/v1/people/teams", {"name": "x" * 3_000_000})
    assert (answer.status_code, answer.json()["type"]) == (413, "/errors/site-too-large")


def test_a_fault_of_ours_tells_its_number_and_nothing_else(monkeypatch, caplog):
    """The cause is in the log, under that number."""

    def burst(*_):
        raise ZeroDivisionError("the inside")

    monkeypatch.setattr("servewell.apps.people.queries.page_of_people", burst)
    answer = signed_in(person("wang", "administrator"))("GET", "/api/v1/people/users")
    body = answer.json()
    assert (answer.status_code, body["type"]) == (500, "/errors/site-broken")
    assert "the inside" not in answer.content.decode()
    assert body["incident"] in body["title"]
    assert any(body["incident"] in record.getMessage() and record.exc_info for record in caplog.records)


def test_a_write_sent_twice_is_done_once():
    """With the same Idempotency-Key the first answer comes again."""
    browser = signed_in(person("wang", "administrator"))
    key = {"Idempotency-Key": "abc"}
    first = browser("POST", "/api/v1/people/teams", {"name": "A"}, **key)
    again = browser("POST", "/api/v1/people/teams", {"name": "A"}, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    assert Team.objects.count() == 1
    other = browser("POST", "/api/v1/people/teams", {"name": "B"}, **key)
    assert (other.status_code, other.json()["type"]) == (422, "/errors/base-key-reused")


def test_a_refused_write_may_be_tried_again_with_its_key():
    """Only what was done is kept."""
    browser = signed_in(person("wang", "administrator"))
    key = {"Idempotency-Key": "abc"}
    assert browser("POST", "/api/v1/people/teams", {"name": ""}, **key).status_code == 422
    assert browser("POST", "/api/v1/people/teams", {}, **key).status_code == 422
    assert browser("POST", "/api/v1/people/teams", {"name": "A"}, **key).status_code == 201


def test_two_peoples_keys_are_two():
    """Nobody can read another's answer by guessing the key."""
    for name in ("wang", "li"):
        browser = signed_in(person(name, "administrator"))
        answer = browser("POST", "/api/v1/people/teams", {"name": name}, **{"Idempotency-Key": "abc"})
        assert answer.json()["name"] == name


def test_a_program_that_asks_too_often_is_told_when_to_come_back():
    """429 with Retry-After; the limit is a setting."""
    _, text = actions.create_key(person("wang", "administrator").principal(), "k", ["presence.read"], None)
    settings.put(SYSTEM, "people.key_requests_per_minute", 2)
    now = clock.now()
    with clock.frozen(now):
        answers = [Browser()("GET", "/api/v1/people/teams", Authorization=f"Bearer {text}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2]["Retry-After"], answers[2].json()["retry_after_s"]) == ("30", 30)


def test_pages_of_people_do_not_overlap():
    """By user name, whatever comes in between."""
    browser = signed_in(person("wang", "administrator"))
    for number in range(60):
        person(f"p{number:02}")
    first = browser("GET", "/api/v1/people/users").json()
    second = browser("GET", f"/api/v1/people/users?cursor={first['next']}").json()
    names = [one["username"] for one in first["items"] + second["items"]]
    assert (len(first["items"]), len(names), second["next"]) == (50, 61, None)
    assert names == sorted(names)


def test_answers_carry_a_strict_policy():
    """Own scripts only, in no frame, also on errors and files."""
    for path in ("/api/v1/session", "/", "/healthz", "/static/admin/css/base.css", "/api/v1/nothing"):
        answer = Client().get(path)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        if answer.streaming:
            assert b"".join(answer.streaming_content)  # reading to the end closes the file


def test_health_asks_the_database():
    """A process that lost its database is not healthy."""
    assert json.loads(Client().get("/healthz").content)["status"] == "ok"


def test_the_description_is_served_too():
    """For whoever writes a program."""
    served = Client().get("/api/v1/openapi.json").json()
    assert served["paths"].keys() == json.loads((Path(docs.ROOT) / "openapi.json").read_text())["paths"].keys()


def test_no_two_shapes_share_a_name():
    """The description knows shapes by name: of two the second would be told as the first."""
    places: dict[str, set[str]] = {}
    waiting = [Schema]
    while waiting:
        for shape in waiting.pop().__subclasses__():
            waiting.append(shape)
            if shape.__module__.startswith("servewell."):
                places.setdefault(shape.__name__, set()).add(shape.__module__)
    assert {name: sorted(where) for name, where in places.items() if len(where) > 1} == {}

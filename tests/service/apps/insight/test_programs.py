"""What do programs send that no page would? It is refused with a sentence, and who sent it is remembered rightly."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servewell.apps.base.principal import Principal
from servewell.apps.insight import jobs
from servewell.apps.insight.models import Log, State
from servewell.apps.insight.storable import storable
from servewell.apps.journal.models import Event
from servewell.apps.people import actions as people
from servewell.apps.people.models import ApiKey

BASE = "/api/v1/insight"
SMALL = b"case,activity,time\n1,open,2026-03-01T09:00:00Z\n"


def test_it_works(principal: Principal) -> None:
    """A log that a program imported is recorded as the program's, which is no person."""
    _key, secret = people.create_key(principal, "loader", ["logs.import", "logs.read"], None)
    program = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    sent = Client().post(f"{BASE}/uploads", {"file": SimpleUploadedFile("a.csv", SMALL)}, **program)
    assert sent.status_code == 201, sent.content
    body = {"upload": sent.json()["id"], "name": "By a program", "columns": None, "zone": None}
    log = Client().post(f"{BASE}/logs", body, content_type="application/json", **program).json()
    jobs.import_log(log["id"])
    event = Event.objects.get(activity="insight.log_imported")
    assert (event.actor_kind, event.actor) == ("system", ApiKey.objects.get().id)


@pytest.mark.parametrize("zone", ["x" * 65, "Mars/Olympus", "UTC\x07", "../../etc/passwd"])
def test_a_zone_has_to_be_one(upload: Callable[..., Any], client: Client, zone: str) -> None:
    body = {"upload": upload().json()["id"], "name": "Small", "columns": None, "zone": zone}
    answer = client.post(f"{BASE}/logs", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-zone")


@pytest.mark.parametrize("column", ["a\x00", "case"])
def test_a_column_that_no_database_can_keep_is_not_there(start: Callable[..., Any], column: str) -> None:
    log = start(columns={"case": "case", "activity": ["activity"], "time": "time", "resource": column})
    jobs.import_log(log["id"])
    assert Log.objects.get().state == (State.READY if column == "case" else State.FAILED)


def test_a_file_whose_names_no_database_can_keep_fails_with_a_sentence(start: Callable[..., Any]) -> None:
    """Or is taken; but its import ends."""
    log = start(b"case,activity,time,who\x00\n1,open,2026-03-01T09:00:00Z,ann\n")
    jobs.import_log(log["id"])
    assert Log.objects.get().state != State.IMPORTING


def test_what_cannot_be_kept_is_marked() -> None:
    kept = {"path": "a\ufffdb", "rows": 3, "existing": ["\ufffd", "退款😀"]}
    assert storable({"path": "a\x00b", "rows": 3, "existing": ["\udc80", "退款😀"]}) == kept

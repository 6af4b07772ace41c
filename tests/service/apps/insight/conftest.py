"""People who ask, files they send, and a worker that works when it is told to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django import app

from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.insight import jobs
from servewell.apps.people import actions as people
from servewell.apps.people.models import User

SMALL = b"""case,activity,time,resource
1,open,2026-03-01T09:00:00Z,ann
1,work,2026-03-01T09:10:00Z,bob
1,close,2026-03-01T09:30:00Z,bob
2,open,2026-03-02T09:00:00Z,ann
2,close,2026-03-02T09:05:00Z,ann
3,open,2026-03-03T09:00:00Z,ann
3,work,2026-03-03T09:01:00Z,bob
3,work,2026-03-03T09:02:00Z,bob
3,close,2026-03-03T10:00:00Z,ann
"""


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Path) -> Path:
    """Give each test a data folder of its own."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    return Path(settings.DATA)


@pytest.fixture
def manager(transactional_db: None) -> User:
    return people.create_user(SYSTEM, "manager", None, role="manager", language="en")


@pytest.fixture
def principal(manager: User) -> Principal:
    return manager.principal()


@pytest.fixture
def client(manager: User) -> Client:
    """Return a browser in which the manager is signed in."""
    browser = Client()
    browser.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def work(transactional_db: None) -> Callable[[], None]:
    """Return a function that does the jobs that wait, in this process."""

    def run() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    return run


@pytest.fixture
def upload(client: Client) -> Callable[..., Any]:
    """Return a function that sends a file and returns the answer."""

    def send(content: bytes = SMALL, name: str = "small.csv") -> Any:
        return client.post("/api/v1/insight/uploads", {"file": SimpleUploadedFile(name, content)})

    return send


@pytest.fixture
def start(client: Client, upload: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that sends a file and asks for a log of it; returns the log."""

    def begin(content: bytes = SMALL, name: str = "Small", **more: Any) -> Any:
        body = {"upload": upload(content).json()["id"], "name": name, "columns": None, "zone": None, **more}
        answer = client.post("/api/v1/insight/logs", body, content_type="application/json")
        assert answer.status_code == 202, answer.content
        return answer.json()

    return begin


@pytest.fixture
def imported(start: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that makes a log of a file and does the worker's job itself; returns the log's id."""

    def make(content: bytes = SMALL, name: str = "Small", **more: Any) -> str:
        log = start(content, name, **more)
        jobs.import_log(log["id"])
        return str(log["id"])

    return make

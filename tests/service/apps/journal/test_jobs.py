"""Does the worker do what the journal and the shared tables need?"""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_django
from django.db import transaction
from procrastinate.contrib.django import app
from tests import build

from servewell.apps.base import attachments, clock, idempotency, outbox
from servewell.apps.base.jobs import tidy, tidy_daily
from servewell.apps.base.models import Attachment, GivenAnswer, Outgoing
from servewell.apps.conversations.models import Conversation, Message, MessageAttachment
from servewell.apps.journal import lake
from servewell.apps.journal.actions import load
from servewell.apps.journal.jobs import maintain_hourly


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: pytest_django.Settings) -> None:
    settings.DATA = tmp_path


def work_off() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_it_works(transactional_db: None) -> None:
    """A worker that finds the job brings closed months into the lake."""
    load([build.history()])
    maintain_hourly.defer(timestamp=0)
    tidy_daily.defer(timestamp=0)
    work_off()
    assert [path.name for path in lake.scan()] == ["2026-03.g1.parquet"]


def test_both_jobs_come_by_themselves() -> None:
    app.perform_import_paths()
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic.items() >= {"journal.maintain": "7 * * * *", "base.tidy": "23 3 * * *"}.items()


def _send(file: Attachment) -> None:
    """Let a message carry it."""
    conversation = Conversation.objects.create(customer=build.customer(), channel="email")
    message = Message.objects.create(conversation=conversation, position=1, author_kind="customer", delivery="received")
    MessageAttachment.objects.create(message=message, attachment=file)


def test_what_is_over_is_removed_and_nothing_else() -> None:
    with clock.frozen(build.NOON):
        idempotency.once(build.principal(), "k", "asked", lambda: (200, None))
        kept = attachments.store(io.BytesIO(b"kept"), "x", "")
        _send(kept)
        attachments.store(io.BytesIO(b"loose"), "x", "")
        attachments.store(io.BytesIO(b"orphan"), "x", "").delete()
        with transaction.atomic():
            states = {outbox.put("test", {}): state for state in ("waiting", "done", "parked")}
    for id_, state in states.items():
        Outgoing.objects.filter(id=id_).update(state=state, settled_at=build.NOON)
    with clock.frozen(clock.now() + timedelta(days=30)):
        tidy()
    assert not GivenAnswer.objects.exists()
    assert sorted(Outgoing.objects.values_list("state", flat=True)) == ["parked", "waiting"]
    assert Attachment.objects.get().id == kept.id
    assert [file.name for file in (attachments.path_of(kept.sha256).parent).iterdir()] == [kept.sha256]

"""The shop comes into an installation as its history, and the map opens on it."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, F, Max, Min
from django.test import Client

from servewell.apps.base import clock
from servewell.apps.insight import journal_log
from servewell.apps.journal.models import Event
from servewell.apps.people.models import User
from servewell.site import demo


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()


def test_it_works(transactional_db: None, data: None, settings: Any) -> None:
    """Ninety days come in within seconds, all in the past, and the visitor sees their map."""
    begun = time.process_time()
    assert demo.seed()
    took = time.process_time() - begun
    told = Event.objects.exclude(conversation=None)
    facts = told.aggregate(
        n=Count("id"), first=Min("occurred_at"), last=Max("recorded_at"), cases=Count("conversation", distinct=True)
    )
    assert 80_000 <= facts["n"] <= 120_000
    assert 6_000 <= facts["cases"] <= 9_000
    assert facts["last"] < clock.now()
    assert 88 <= (facts["last"] - facts["first"]).days <= 90
    assert not told.filter(recorded_at__lt=F("occurred_at")).exists()
    assert took < 15, f"{took:.1f} s of CPU"
    browser = Client()
    browser.force_login(
        User.objects.get(username=settings.DEMO_SIGN_IN["username"]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    found = browser.get("/api/v1/insight/logs/journal/map").json()
    assert found["log"]["kind"] == "journal"
    assert 14 <= len(found["nodes"]) <= 20
    verify = next(node for node in found["nodes"] if node["id"] == "verify_identity")
    assert verify["label"] == "核对身份"
    assert verify["rework_cases"] > 1000
    approval = next(node for node in found["nodes"] if node["id"] == "refund_approval")
    assert approval["department"] == "财务组"
    assert not demo.seed(), "a second start leaves the first one's history alone"
    _, facts_again = journal_log.current()
    assert facts_again.events == found["totals"]["events"]

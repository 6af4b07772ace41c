"""The shop comes into an installation as its history, and the map opens on it."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count, F, Max, Min
from django.test import Client

from servewell.apps.base import clock, ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.insight import journal_log
from servewell.apps.journal import models
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Event
from servewell.apps.people import actions
from servewell.apps.people.listeners import remember_failure
from servewell.apps.people.models import User
from servewell.site import demo
from servewell.site.demo.errors import NotForDemo
from servewell.site.demo.vocabulary import FLOW, VERSION


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()


def test_it_works(transactional_db: None, data: None, settings: Any) -> None:
    """Ninety days come in within seconds, all in the past, and the visitor sees their map."""
    begun = time.process_time()
    assert demo.seed()
    took = time.process_time() - begun
    told = models.Event.objects.exclude(conversation=None)
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


def test_a_real_installation_is_refused(data: None) -> None:
    """Made-up history cannot be taken out again, so it never comes in beside somebody's own."""
    actions.create_admin("lin", "correct horse battery")
    with pytest.raises(NotForDemo):
        demo.seed()
    assert User.objects.count() == 1


def test_a_history_without_people_is_refused_too(data: None, settings: Any) -> None:
    """An imported one, say; but not the wrong passwords that somebody tried on an empty house."""
    remember_failure("nobody")
    record(Event("journal.customer_erased", attributes={"events": 1}))
    with pytest.raises(NotForDemo):
        demo.seed()


def test_somebody_who_is_called_demo_is_left_alone(data: None, settings: Any) -> None:
    """Without the shop's history it is a person like others."""
    actions.create_user(SYSTEM, **settings.DEMO_SIGN_IN)
    assert not demo.close()
    with pytest.raises(NotForDemo):
        demo.seed()


def test_the_visitor_may_sign_in_only_while_it_is_the_demo(data: None, settings: Any) -> None:
    """Their password stands in every handbook; one who has a password of their own is left alone."""
    visitor = actions.create_user(SYSTEM, **settings.DEMO_SIGN_IN)
    record(Event("flow.element", ids.new(), flow=FLOW, version=VERSION, element="verify_identity"))
    assert demo.close()
    visitor.refresh_from_db()
    assert not visitor.is_active
    assert not demo.close(), "said once"
    assert not demo.seed()
    visitor.refresh_from_db()
    assert visitor.is_active
    actions.change_password(SYSTEM, visitor.id, "a word of their own")
    assert not demo.close()

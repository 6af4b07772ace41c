"""The time line of a customer: this room's own part in words, others' parts merged in, in pages."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from tests.build import NOON
from tests.service.apps.customers.helpers import CUSTOMERS, agent, customer

from servewell.apps.base import clock, ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import actions, timeline
from servewell.apps.customers.history import sentence
from servewell.apps.customers.timeline import Asked, Item
from servewell.apps.journal.events import vocabulary

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def told(browser, one, tail=""):
    return browser("GET", f"{CUSTOMERS}/{one}/timeline{tail}").json()


def test_it_works():
    """What was done with the record, newest first, in the reader's language."""
    one, other = customer("one"), customer("other")
    actions.change(SYSTEM, one, 1, name="Lin", tier="gold")
    actions.decide(SYSTEM, one, "marketing", True, source="form")
    actions.decide(SYSTEM, one, "marketing", False, source="call")
    actions.block(SYSTEM, one, "spam", clock.now() + timedelta(days=1))
    actions.unblock(SYSTEM, one)
    actions.merge(SYSTEM, other, one)
    chinese = [item["sentence"] for item in told(agent(), one, "?room=customers")["items"]]
    assert chinese[0] == "另一个客户并入此客户"
    assert "修改了：姓名、等级" in chinese
    assert "同意：营销推广" in chinese
    assert "撤回同意：营销推广" in chinese
    english = told(agent("ann", language="en"), one, "?room=customers")["items"]
    sentences = [item["sentence"] for item in english]
    assert {"Blocked for a time", "Unblocked", "Changed: name, tier", "Merged into another customer"} <= set(sentences)
    assert sentences.count("Became a customer") == 2
    assert {item["room"] for item in english} == {"customers"}


def test_rooms_above_are_merged_in_and_paged(monkeypatch):
    """In one order over all rooms, nothing twice, nothing left out, however the pages fall."""
    one = customer("one")
    items = [Item(NOON + timedelta(minutes=n // 3), ids.new(), "call", f"call {n}") for n in range(130)]

    def calls(asked: Asked) -> list[Item]:
        older = [item for item in items if asked.before is None or item.place < asked.before]
        return sorted(older, key=lambda item: item.place, reverse=True)[: asked.most]

    monkeypatch.setattr(timeline, "_providers", {**timeline._providers, "feedback": calls})
    browser, seen, cursor = agent(), [], ""
    while cursor is not None:
        page = told(browser, one, f"?cursor={cursor}" if cursor else "")
        seen += page["items"]
        cursor = page["next"]
    assert len(seen) == len({item["id"] for item in seen})
    assert [item["at"] for item in seen] == sorted((item["at"] for item in seen), reverse=True)
    assert sum(item["room"] == "feedback" for item in seen) == 130
    assert {"feedback", "customers"} <= {item["room"] for item in seen}


def test_every_event_of_this_room_has_words():
    """Whatever its attributes."""
    codes = {"how": ("added", "removed", "verified"), "part": ("from", "into")}
    types = [type_ for type_ in vocabulary() if type_.name.startswith("customer.") and "customer" not in type_.without]
    assert len(types) >= 12
    for type_ in types:
        if type_.name == "customer.erased":
            continue  # nobody is left whose line it would stand in
        for known in [{name: code} for name in ("how", "part") if name in type_.attributes for code in codes[name]] or [
            {}
        ]:
            event = SimpleNamespace(activity=type_.name, attributes=known)
            assert sentence(event, {}, "en") != sentence(event, {}, "zh-Hans")


def test_only_rooms_tell_and_each_once():
    """A second function of a room would be heard twice."""
    with pytest.raises(ValueError, match="no room"):
        timeline.provider("nowhere")
    with pytest.raises(ValueError, match="twice"):
        timeline.provider("customers")(lambda _: [])

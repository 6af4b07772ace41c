"""What does a customer's message cost in statements? Twelve at most, savepoints counted, whichever way it comes.

Counted is all that the message needs: for mail keeping it raw, claiming it, reading it, receiving it and settling it.
What begins and ends a transaction is no statement of the message's.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.channels.email import postbox

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.api import receiving, sources
from servewell.apps.channels.email import owned
from servewell.apps.channels.frame import actions, arrivals
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations.models import Conversation
from servewell.apps.flows import actions as flows
from servewell.apps.flows import sorting

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 12
A_DAY_S = 86400.0
MAIL = """From: Wang <{sender}@example.com>
To: help@shop.example
Subject: Where is my parcel?
Message-ID: <{name}@example.com>
Date: Tue, 10 Mar 2026 12:00:00 +0000
{more}
It has not come.
"""


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rules and accounts are there. What a process knows it keeps until it is to forget, on however slow a machine."""
    settings.DATA = tmp_path
    for module, kept in ((sorting, "FRESH_S"), (sources, "FRESH_S"), (owned, "_KEPT_S"), (receiving, "_SHOWN_EVERY_S")):
        monkeypatch.setattr(module, kept, A_DAY_S)
    boss = build.person("boss", "administrator").principal()
    flows.create_rule(boss, "Refunds", conditions={"words": ["refund"]}, team=build.team("Returns").id)
    forget_all()
    yield
    forget_all()


def forget_all() -> None:
    """Let this process know no more than one that was started just now, or that nobody wrote to for a while."""
    for known in (sorting.known, sources.known, owned):
        known.forget()
    receiving.forget_shown()


def cost(work: Callable[[], object]) -> list[str]:
    """Return the statements of some work."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured if query["sql"] not in {"BEGIN", "COMMIT"}]


def by_api(name: str, thread: str) -> list[str]:
    message = build.inbound(channel="", source="shop", external_id=name, thread=thread)
    return cost(lambda: receiving.receive(SYSTEM, message))


def by_mail(account: Account, name: str, answers: str = "", sender: str = "wang") -> list[str]:
    more = f"In-Reply-To: <{answers}@example.com>\n" if answers else ""
    raw = MAIL.format(name=name, more=more, sender=sender).encode()

    def work() -> None:
        assert actions.arrived(account, name, raw) is not None
        assert arrivals.read_due(1) == 1

    return cost(work)


def test_by_api() -> None:
    """Somebody new, the systems and the rules read anew; then the same thread, with those known and read anew."""
    Account.objects.create(channel="api", name="Shop", address="shop", team=build.team())
    cold, warm = by_api("m1", "t1"), by_api("m2", "t1")
    forget_all()
    again = by_api("m3", "t1")
    assert [len(cold), len(warm), len(again)] == [8, 6, 8], told(cold, warm, again)
    assert Conversation.objects.get().team_id == build.team().id


def test_by_mail() -> None:
    """From its arrival on, somebody new: the first that a process reads costs the most that may be."""
    account = postbox.mailbox()
    cold, warm = by_mail(account, "m1"), by_mail(account, "m2", sender="li")
    forget_all()
    after_a_pause = by_mail(account, "m3", sender="zhao")
    assert [len(cold), len(warm), len(after_a_pause)] == [MOST, 9, 11], told(cold, warm, after_a_pause)
    assert Conversation.objects.count() == 3


def test_an_answer_by_mail() -> None:
    """It asks no rules, for its conversation is there; our own addresses it does ask for."""
    account = postbox.mailbox()
    by_mail(account, "m1")
    warm = by_mail(account, "m2", answers="m1")
    forget_all()
    after_a_pause = by_mail(account, "m3", answers="m2")
    assert [len(warm), len(after_a_pause)] == [10, 11], told(warm, after_a_pause)
    assert Conversation.objects.count() == 1


def told(*costs: list[str]) -> str:
    """Return what was asked, for whoever has to find out why it is more now."""
    return "\n\n".join("\n".join(" ".join(one.split())[:150] for one in cost) for cost in costs)

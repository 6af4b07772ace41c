"""What does a customer's message cost in statements? Twelve at most, savepoints counted, whichever way it comes.

Counted is all that the message needs: for mail keeping it raw, claiming it, reading it, receiving it and settling it.
What begins and ends a transaction is no statement of the message's.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.service.apps.channels.email import postbox

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.api import receiving, sources
from servewell.apps.channels.frame import actions, arrivals
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations.models import Conversation
from servewell.apps.flows import actions as flows
from servewell.apps.flows import sorting

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 12
MAIL = """From: Wang <{sender}@example.com>
To: help@shop.example
Subject: Where is my parcel?
Message-ID: <{name}@example.com>
Date: Tue, 10 Mar 2026 12:00:00 +0000
{more}
It has not come.
"""


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Any) -> None:
    """Rules and accounts are there, and known to this process for a second."""
    settings.DATA = tmp_path
    boss = build.person("boss", "administrator").principal()
    flows.create_rule(boss, "Refunds", conditions={"words": ["refund"]}, team=build.team("Returns").id)
    for known in (sorting.known, sources.known):
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
    """Somebody new with a new conversation, the rules read anew; then the same thread."""
    Account.objects.create(channel="api", name="Shop", address="shop", team=build.team())
    assert len(new := by_api("m1", "t1")) <= MOST, new
    assert len(again := by_api("m2", "t1")) <= MOST, again
    assert Conversation.objects.get().team_id == build.team().id


def test_by_mail() -> None:
    """From its arrival on; then an answer in the same thread."""
    account = postbox.mailbox()
    by_mail(account, "warm", sender="li")  # the account is read once by each process
    assert len(new := by_mail(account, "m1")) <= MOST, "\n".join(one[:150].replace("\n", " ") for one in new)
    assert len(again := by_mail(account, "m2", answers="m1")) <= MOST, again
    assert Conversation.objects.count() == 2

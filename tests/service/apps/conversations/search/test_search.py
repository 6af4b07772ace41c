"""Search: who finds what, in which order, and what is said when there is nothing to find."""

import pytest
from tests import build
from tests.service.apps.conversations.desk import Desk, row

from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.search import jobs, queries
from servewell.apps.conversations.search.errors import SearchTooLong
from servewell.apps.customers.identities import Identity
from servewell.apps.people.errors import NotAllowed


def written(desk, text, sender="wang@example.com", **changes):
    """Let a customer write; each sender and team has a conversation of its own."""
    return desk.received(text, identities=(Identity("email", sender, verified=True),), **changes)


def found(desk, words, who="boss", **how):
    """Index what is due, and return the conversations found, best first."""
    while jobs.index_due():
        pass
    return [hit.row["id"] for hit in queries.search(desk.who(who), words, **how).items]


def test_it_works(desk):
    """What was said is found, in Chinese and in English, and what was not is not."""
    chinese = written(desk, "我要退款，订单号 SKU-12345")
    english = written(desk, "Where is my parcel? It was sent to Berlin.", sender="li@example.com")
    assert found(desk, "退款") == [chinese]
    assert found(desk, "sku12345") == [chinese]
    assert found(desk, "PARCEL berlin") == [english]
    assert found(desk, "发票") == []

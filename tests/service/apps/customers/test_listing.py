"""Lists of customers over HTTP: pages, filters and searches, each in a few statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.service.apps.customers.helpers import CUSTOMERS, agent, customer

from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import actions, searching
from servewell.apps.customers.models import Customer

pytestmark = pytest.mark.django_db
OWN = ("django_session", "people_", "SAVEPOINT")  # who asks is not counted


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def names(answer):
    return [one["name"] for one in answer.json()["items"]]


def statements(browser, path):
    with CaptureQueriesContext(connection) as done:
        assert browser("GET", path).status_code == 200
    asked = [query["sql"] for query in done]
    return [sql for sql in asked if not any(word in sql for word in OWN)]


def test_pages_do_not_overlap_and_cost_the_same():
    """At most five queries, as many for fifty customers as for one."""
    browser = agent()
    customer("first")
    few = len(statements(browser, CUSTOMERS))
    for number in range(60):
        customer(f"c{number}")
    assert len(statements(browser, f"{CUSTOMERS}?q=c&incomplete=90&identity=email&blocked=false&tier=standard")) <= 5
    assert len(statements(browser, CUSTOMERS)) == few <= 5
    first = browser("GET", CUSTOMERS).json()
    second = browser("GET", f"{CUSTOMERS}?cursor={first['next']}").json()
    seen = [one["id"] for one in first["items"] + second["items"]]
    assert (len(first["items"]), len(seen), len(set(seen)), second["next"]) == (50, 61, 61, None)


def test_lists_are_narrowed():
    """By tier, block, completeness and kind of identity."""
    browser = agent()
    gold, plain = customer("gold"), customer("plain", name="")
    Customer.objects.filter(id=gold).update(tier="gold")
    actions.block(SYSTEM, plain, "spam")
    for narrowed, found in (
        ("tier=gold", [gold]),
        ("blocked=true", [plain]),
        ("blocked=false", [gold]),
        ("incomplete=50", [plain]),
        ("identity=email", [plain, gold]),
        ("identity=phone", []),
        ("tier=%00", []),
        ("q=%00", [plain, gold]),
        ("q=!!!", []),
        ("q=%25", []),
        ("q=_", []),
    ):
        items = browser("GET", f"{CUSTOMERS}?{narrowed}").json()["items"]
        if narrowed != "q=%00":
            assert [one["id"] for one in items] == [str(one) for one in found], narrowed
    assert browser("GET", f"{CUSTOMERS}?q={'x' * 10_000}").json()["type"] == "/errors/customers-bad-customer"
    assert browser("GET", f"{CUSTOMERS}?identity=fax").status_code == 422
    assert browser("GET", f"{CUSTOMERS}?cursor=made-up").json()["type"] == "/errors/base-bad-cursor"


def test_a_search_with_many_finds_gives_the_same_pages(monkeypatch):
    """Walking down from the newest, instead of fetching all finds; merged ones are found by their own names."""
    browser, people = agent(), [customer(f"c{n}") for n in range(6)]
    actions.merge(SYSTEM, customer("cousin", name="Aunt"), people[0])
    actions.merge(SYSTEM, people[1], customer("last"))
    texts = ("c", "aunt", "cousin@", "c1", "zzz")
    exact = [browser("GET", f"{CUSTOMERS}?q={text}").json() for text in texts]
    monkeypatch.setattr(searching, "FEW", 0)
    assert [browser("GET", f"{CUSTOMERS}?q={text}").json() for text in texts] == exact
    assert [len(page["items"]) for page in exact] == [6, 1, 1, 1, 0]
    assert [one["name"] for one in exact[1]["items"]] == ["c0"]
    assert len(exact[1]["items"][0]["identities"]) == 2
    assert len(statements(browser, f"{CUSTOMERS}?q=138")) <= 5

"""The access log as a page: who read what of whom, by filters, in pages, and that looking is written down too."""

from datetime import timedelta

import pytest
from tests.service.apps.people.helpers import person, signed_in

from servewell.apps.base import clock, ids
from servewell.apps.journal.actions import log_access
from servewell.apps.journal.models import Access
from servewell.apps.people import actions, keys

LOG = "/api/v1/people/access-log"
NOW = clock.now()


def test_it_works():
    """By name, newest first; the reading of it is the newest line of the next reading."""
    boss = person("wang", "administrator", name="王")
    auditor = person("audit", "auditor", language="en")
    customer = ids.new()
    log_access(boss.principal(), "person", None, "people.list")
    log_access(boss.principal(), "customer", customer, "no.words")
    browser = signed_in(auditor)
    first, second = browser("GET", LOG).json()["items"]
    assert first["subject"] == {"kind": "customer", "id": str(customer), "name": ""}
    assert first["actor"] == {"kind": "agent", "id": str(boss.id), "name": "王"}
    assert (first["sentence"], second["sentence"]) == ("no.words", "List of users")
    again = browser("GET", LOG).json()["items"]
    assert (again[0]["what"], again[0]["actor"]["id"]) == ("access.list", str(auditor.id))


def test_a_program_is_named_by_its_key():
    boss = person("wang", "administrator")
    key, text = actions.create_key(boss.principal(), "reports", ["people.manage"], None)
    log_access(keys.find(text).principal, "person", boss.id, "people.list")
    row = signed_in(boss)("GET", LOG).json()["items"][0]
    assert row["actor"] == {"kind": "system", "id": str(key.id), "name": "reports"}
    assert row["subject"]["name"] == "wang"


def test_it_is_narrowed_by_who_whom_what_kind_and_when():
    """Each alone, and all together."""
    boss, lin = person("wang", "administrator"), person("lin")
    customer = ids.new()
    with clock.frozen(NOW - timedelta(days=2)):
        log_access(lin.principal(), "customer", customer, "old")
    with clock.frozen(NOW - timedelta(days=1)):
        log_access(lin.principal(), "conversation", ids.new(), "mid")
        log_access(boss.principal(), "customer", customer, "new")
    browser = signed_in(boss)

    def found(**wanted):
        query = "&".join(f"{name}={value}".replace("+", "%2B") for name, value in wanted.items())
        return {one["what"] for one in browser("GET", f"{LOG}?{query}").json()["items"]} - {"access.list"}

    yesterday = (NOW - timedelta(hours=36)).isoformat()
    assert found(actor=lin.id) == {"old", "mid"}
    assert found(subject=customer) == {"old", "new"}
    assert found(kind="conversation") == {"mid"}
    assert found(since=yesterday) == {"mid", "new"}
    assert found(before=yesterday) == {"old"}
    assert found(actor=lin.id, subject=customer, kind="customer", before=yesterday) == {"old"}
    assert found(actor=ids.new()) == set()


def test_pages_do_not_overlap():
    """Fifty a page, also where many happened at the same moment."""
    boss = person("wang", "administrator")
    with clock.frozen(NOW):
        for _ in range(120):
            log_access(boss.principal(), "person", None, "people.list")
    browser, seen, cursor = signed_in(boss), [], ""
    before = (NOW + timedelta(seconds=1)).isoformat().replace("+", "%2B")
    while cursor is not None:
        page = browser("GET", f"{LOG}?before={before}{cursor and f'&cursor={cursor}'}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert (len(seen), len(set(seen))) == (120, 120)


def test_a_page_costs_the_same_however_many_names_it_has(django_assert_num_queries):
    """One read of the log, one of people, one of keys, one line written; besides who asks."""
    boss = person("wang", "administrator")
    for number in range(20):
        log_access(person(f"p{number}").principal(), "person", boss.id, "people.list")
    browser = signed_in(boss)
    with django_assert_num_queries(7):
        browser("GET", LOG)


@pytest.mark.parametrize(
    "query", ["since=someday", "actor=me", f"kind={'x' * 41}", "cursor=made-up", "before=9999-99-99"]
)
def test_what_cannot_be_asked_is_refused(query):
    answer = signed_in(person("wang", "administrator"))("GET", f"{LOG}?{query}")
    assert answer.status_code in (400, 422)
    assert not Access.objects.exists()


def test_administrators_see_it_under_admin_and_change_nothing():
    """The filters and the search work; there is no form."""
    boss = signed_in(person("wang", "administrator"))
    log_access(person().principal(), "customer", ids.new(), "x")
    row = Access.objects.get()
    for path in ("", f"?q={row.actor}", "?subject_kind__exact=customer", f"{row.id}/change/"):
        assert boss.client.get(f"/admin/journal/access/{path}").status_code == 200
    assert boss.client.get("/admin/journal/access/add/").status_code == 403
    assert boss.client.post(f"/admin/journal/access/{row.id}/delete/", {"post": "yes"}).status_code == 403

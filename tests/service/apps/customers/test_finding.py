"""Who is this? The same customer for the same person, however many ask at once; and nobody is taken for another."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.together import at_once

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import queries
from servewell.apps.customers.actions import find_or_create, meet
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer, Suggestion
from servewell.apps.customers.models import Identity as Known
from servewell.apps.journal.models import Event

EMAIL = Identity("email", "Wang@Example.com")
PHONE = Identity("phone", "138 0013 8000")
VISITOR = Identity("visitor", "v-1", source="shop")


def names_of_events():
    return list(Event.objects.order_by("id").values_list("activity", flat=True))


@pytest.mark.django_db
def test_it_works():
    """New at first, then known by any of the identities, in any spelling."""
    first = find_or_create(SYSTEM, [EMAIL, PHONE], name="王小明", language="zh_CN")
    assert (first.created, first.customer.name, first.customer.language) == (True, "王小明", "zh-CN")
    for again in ("wang@example.COM", "<WANG@example.com>"):
        found = find_or_create(SYSTEM, [Identity("email", again)])
        assert (found.customer.id, found.created) == (first.customer.id, False)
    assert find_or_create(SYSTEM, [Identity("phone", "＋８６（１３８）００１３-８０００")]).customer == first.customer
    assert names_of_events() == ["customer.created"]
    assert (first.customer.completeness, "verified" in first.customer.missing) == (75, True)


@pytest.mark.django_db(transaction=True)
def test_sixteen_senders_at_once_make_one_customer():
    """All get the same one, and just one of them made it."""
    given = [EMAIL, PHONE, VISITOR]
    orders = [given[turn % 3 :] + given[: turn % 3] for turn in range(16)]
    found = at_once(16, lambda turn: find_or_create(SYSTEM, orders[turn], name=f"n{turn}"))
    assert len({one.customer.id for one in found}) == 1
    assert sum(one.created for one in found) == 1
    assert (Customer.objects.count(), Known.objects.count()) == (1, 3)
    assert names_of_events().count("customer.created") == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_senders_with_one_identity_in_common_make_one_customer():
    """Each also brings one of its own; nothing is lost."""
    proven = Identity("email", "Wang@Example.com", verified=True)
    found = at_once(16, lambda turn: find_or_create(SYSTEM, [proven, Identity("visitor", f"v{turn}", "shop")]))
    owners = {one.customer_id for one in Known.objects.filter(kind="email")}
    assert len(owners) == 1
    assert Known.objects.count() == 17
    assert {one.customer.id for one in found} == owners
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_a_known_customer_costs_two_queries():
    """One to find and mark as seen; one more for the region when a number is given; also when merged."""
    find_or_create(SYSTEM, [EMAIL, PHONE, VISITOR], name="王", language="zh-Hans", team=ids.new())
    for given, most in (([EMAIL, VISITOR], 1), ([EMAIL, PHONE, VISITOR], 2)):
        with CaptureQueriesContext(connection) as done:
            assert not find_or_create(SYSTEM, given, name="王").created
        assert len([q for q in done if "SAVEPOINT" not in q["sql"]]) <= most, [q["sql"] for q in done]


@pytest.mark.django_db
def test_what_is_new_becomes_theirs():
    """Identities, proof, and a name and language where there was none; what is known stays."""
    found = find_or_create(SYSTEM, [EMAIL])
    again = find_or_create(
        SYSTEM, [Identity("email", "wang@example.com", verified=True), PHONE], name="王", language="en"
    )
    assert (again.customer.id, again.customer.name, again.customer.language) == (found.customer.id, "王", "en")
    assert again.customer.completeness == 100
    assert find_or_create(SYSTEM, [EMAIL], name="李").customer.name == "王"
    assert sorted(Known.objects.values_list("kind", "customer_id")) == [
        ("email", found.customer.id),
        ("phone", found.customer.id),
    ]
    assert names_of_events() == [
        "customer.created",
        *("customer.identified", "customer.identified", "customer.changed"),
    ]


@pytest.mark.django_db
def test_identities_of_two_customers_choose_the_surer_one_and_suggest_the_other():
    """An external id before an address, proof before claim; nothing is merged; a pair is suggested once."""
    mail = find_or_create(SYSTEM, [EMAIL]).customer
    shop = find_or_create(SYSTEM, [Identity("external", "42", "shop")]).customer
    for _ in range(2):
        both = find_or_create(SYSTEM, [EMAIL, Identity("external", "42", "shop")])
        assert both.customer == shop
    (suggestion,) = Suggestion.objects.all()
    assert {suggestion.one_id, suggestion.other_id} == {mail.id, shop.id}
    assert Customer.objects.filter(merged_into=None).count() == 2
    assert names_of_events().count("customer.merge_suggested") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_a_visitor_who_types_an_address_does_not_become_its_owner(known):
    """Proven by the owner or not: they get a record of their own, and a suggestion; with a proof it is theirs."""
    owner = find_or_create(SYSTEM, [Identity("email", "wang@example.com", verified=known)]).customer
    claimed = find_or_create(SYSTEM, [VISITOR, EMAIL])
    assert claimed.created
    assert Suggestion.objects.get().state == "open"
    assert find_or_create(SYSTEM, [VISITOR, EMAIL]).customer == claimed.customer
    assert Known.objects.get(kind="email").customer_id == owner.id
    proven = find_or_create(SYSTEM, [Identity("visitor", "v-2", "shop"), Identity("email", EMAIL.value, verified=True)])
    assert proven.customer == owner
    assert set(Known.objects.filter(customer=owner).values_list("kind", "value")) == {
        ("email", "wang@example.com"),
        ("visitor", "v-2"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "brought",
    [VISITOR, Identity("external", "42", "shop"), Identity("phone", "138 0013 8000", verified=True)],
    ids=lambda one: one.kind,
)
def test_a_claim_adds_no_proof_to_somebody_elses_record(brought):
    """The same for an id of another system and a proven number; what was claimed is suggested."""
    owner = find_or_create(SYSTEM, [EMAIL]).customer
    stranger = find_or_create(SYSTEM, [brought, EMAIL])
    assert (stranger.created, stranger.customer == owner) == (True, False)
    assert list(Known.objects.filter(customer=owner).values_list("kind", flat=True)) == ["email"]
    (suggestion,) = Suggestion.objects.all()
    assert {suggestion.one_id, suggestion.other_id} == {owner.id, stranger.customer.id}


@pytest.mark.django_db
def test_what_cannot_be_read_is_kept_as_it_came():
    """And found again by the same words; what says nothing makes no identity."""
    odd = [Identity("phone", "my phone 12"), Identity("email", "wang at example"), Identity("phone", "\x00"), PHONE]
    found = find_or_create(SYSTEM, [*odd, Identity("fax", "1")], name="x" * 300 + "\ud800")
    assert sorted(Known.objects.values_list("kind", "is_raw")) == [("email", True), ("phone", False), ("phone", True)]
    assert len(found.customer.name) == 200
    assert found.customer.name.endswith("…")
    assert find_or_create(SYSTEM, [Identity("phone", "my phone 12", verified=True)]).customer == found.customer
    assert not Known.objects.filter(is_raw=True, verified_at__isnull=False).exists()


@pytest.mark.django_db
def test_nobody_known_by_nothing_is_a_new_customer_each_time():
    """A call with the number withheld is somebody."""
    assert find_or_create(SYSTEM, []).customer != find_or_create(SYSTEM, []).customer


@pytest.mark.django_db
def test_a_new_customer_costs_few_queries():
    """Look, region, what is wanted of customers (2), write, journal."""
    find_or_create(SYSTEM, [Identity("email", "warm@example.com")])
    with CaptureQueriesContext(connection) as done:
        assert find_or_create(SYSTEM, [EMAIL, PHONE], name="王", team=ids.new()).created
    assert len([q for q in done if "SAVEPOINT" not in q["sql"]]) <= 6, [q["sql"] for q in done]


@pytest.mark.django_db
def test_a_team_meets_a_customer_once():
    """In one statement, and the event only when it is new."""
    customer, team = find_or_create(SYSTEM, [EMAIL]).customer, ids.new()
    assert meet(SYSTEM, customer.id, team)
    with CaptureQueriesContext(connection) as done:
        assert not meet(SYSTEM, customer.id, team)
    assert len([q for q in done if "SAVEPOINT" not in q["sql"]]) == 1
    customer.refresh_from_db()
    assert (customer.team_ids, customer.met_team_ids) == ([team], [team])
    assert names_of_events().count("customer.met") == 1
    assert team in find_or_create(SYSTEM, [EMAIL], team=ids.new()).customer.team_ids
    assert names_of_events().count("customer.met") == 2


@pytest.mark.django_db
def test_the_family_of_one_is_oneself():
    """And a customer resolves to themselves."""
    customer = find_or_create(SYSTEM, [EMAIL, PHONE], name="王小明").customer
    assert (queries.resolve(customer.id), queries.family(customer.id)) == (customer.id, [customer.id])
    assert queries.searchable(customer.id).split("\n") == ["王小明", "Wang@Example.com", "+86 138 0013 8000"]

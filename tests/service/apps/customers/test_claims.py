"""Whose is an address that somebody only typed? Nobody's: it opens no record, and its owner gets their own."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.service.apps.customers.helpers import CUSTOMERS, agent, team
from tests.service.apps.customers.test_merging_model import _undone
from tests.together import at_once

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import held, queries, searching
from servewell.apps.customers.actions import (
    accept_claim,
    add_identity,
    erase,
    find_or_create,
    merge,
    remove_claim,
)
from servewell.apps.customers.errors import BadIdentity, IdentityTaken, NoSuchClaim
from servewell.apps.customers.identities import MOST_CLAIMS, Identity
from servewell.apps.customers.models import Claim, Customer, Suggestion
from servewell.apps.customers.models import Identity as Known
from servewell.apps.journal.models import Event

ADDRESS = "wang@example.com"
MAIL = Identity("email", ADDRESS)  # a mail's From
PROVEN = Identity("email", ADDRESS, verified=True)
CLAIM = Identity("email", "Wang@Example.com", claimed=True)  # typed into the widget


def visitor(n: int | str = 1) -> Identity:
    return Identity("visitor", f"v-{n}", source="chat:1")


def owner() -> ids.UUID | None:
    return Known.objects.filter(kind="email", value=ADDRESS).values_list("customer_id", flat=True).first()


def pairs() -> set[frozenset]:
    return {frozenset((row.one_id, row.other_id)) for row in Suggestion.objects.filter(is_claim=True)}


@pytest.mark.django_db
@pytest.mark.parametrize("later", [MAIL, PROVEN], ids=["asserted", "proven"])
def test_it_works(later):
    """Who types an address first has no more of it than a claim; the owner who comes later gets their own record."""
    attacker = find_or_create(SYSTEM, [visitor(), CLAIM], name="王").customer
    assert owner() is None
    own = find_or_create(SYSTEM, [later])
    assert own.created
    assert own.customer != attacker
    assert owner() == own.customer.id
    assert pairs() == {frozenset((attacker.id, own.customer.id))}
    assert find_or_create(SYSTEM, [visitor(), CLAIM]).customer == attacker
    assert find_or_create(SYSTEM, [PROVEN]).customer == own.customer


@pytest.mark.django_db
@pytest.mark.parametrize("before", [MAIL, PROVEN], ids=["asserted", "proven"])
def test_a_claim_enters_nobodys_record(before):
    """Alone or beside a visitor's id: it makes a customer of their own, and a suggestion."""
    known = find_or_create(SYSTEM, [before], name="王小明").customer
    for given in ([CLAIM], [visitor(), CLAIM]):
        found = find_or_create(SYSTEM, given)
        assert (found.created, found.customer.name) == (True, "")
        assert frozenset((known.id, found.customer.id)) in pairs()
    assert list(Known.objects.filter(customer=known).values_list("kind", flat=True)) == ["email"]
    assert Known.objects.get(kind="email").last_seen_at == Known.objects.get(kind="email").created_at


@pytest.mark.django_db
def test_any_number_may_claim_the_same():
    """Each keeps theirs, and the latest of them are suggested to the owner."""
    claimers = {find_or_create(SYSTEM, [visitor(n), CLAIM]).customer.id for n in range(7)}
    assert len(claimers) == 7
    assert Claim.objects.count() == 7
    own = find_or_create(SYSTEM, [MAIL]).customer.id
    assert pairs() == {frozenset((own, one)) for one in sorted(claimers)[-5:]}


@pytest.mark.django_db
def test_typing_an_address_again_and_again_makes_no_work_without_end():
    """So many suggestions of one customer rest on claims, so many claims are kept of one family."""
    find_or_create(SYSTEM, [MAIL])
    for n in range(MOST_CLAIMS + 3):
        find_or_create(SYSTEM, [visitor(n), CLAIM])
        find_or_create(SYSTEM, [visitor("x"), Identity("email", f"a{n}@example.com", claimed=True)])
    assert Suggestion.objects.filter(is_claim=True).count() == MOST_CLAIMS
    assert Claim.objects.filter(customer=find_or_create(SYSTEM, [visitor("x")]).customer).count() == MOST_CLAIMS


@pytest.mark.django_db
def test_what_was_claimed_becomes_theirs_with_a_proof():
    """The visitor who signs in: it is an identity now and no claim, and nobody else got it."""
    claimer = find_or_create(SYSTEM, [visitor(), CLAIM]).customer
    assert find_or_create(SYSTEM, [visitor(), PROVEN]).customer == claimer
    assert owner() == claimer.id
    assert not Claim.objects.exists()
    assert not Suggestion.objects.exists()
    assert find_or_create(SYSTEM, [visitor(), CLAIM]).customer == claimer
    assert not Claim.objects.exists()


@pytest.mark.django_db
def test_the_same_given_twice_is_as_sure_as_the_surer():
    """Typed and asserted is asserted; typed and proven is proven."""
    both = find_or_create(SYSTEM, [CLAIM, MAIL]).customer
    assert (owner(), Claim.objects.count()) == (both.id, 0)
    assert find_or_create(SYSTEM, [Identity("email", ADDRESS, verified=True, claimed=True)]).customer == both
    assert Known.objects.get().verified_at is not None


@pytest.mark.django_db
def test_whoever_is_known_may_claim_more():
    """The claim is noted once; what somebody else has is suggested; nothing is taken."""
    known = find_or_create(SYSTEM, [visitor()]).customer
    other = find_or_create(SYSTEM, [MAIL]).customer
    for _ in range(2):
        assert find_or_create(SYSTEM, [visitor(), CLAIM, Identity("phone", "?", claimed=True)]).customer == known
    assert sorted(Claim.objects.values_list("kind", "is_raw")) == [("email", False), ("phone", True)]
    assert pairs() == {frozenset((known.id, other.id))}
    told = Event.objects.filter(activity="customer.identified", customer=known.id)
    assert [event.attributes["how"] for event in told] == ["claimed"]
    assert known.completeness == Customer.objects.get(id=known.id).completeness


@pytest.mark.django_db
def test_a_known_visitor_with_their_claims_costs_one_query():
    """However many claim the same; two with a number, for its country."""
    for n in range(30):
        find_or_create(SYSTEM, [visitor(n), CLAIM], name="王", language="zh-Hans")
    with CaptureQueriesContext(connection) as done:
        find_or_create(SYSTEM, [visitor(), CLAIM], name="王", language="zh-Hans")
    assert len([q for q in done if "SAVEPOINT" not in q["sql"]]) == 1, [q["sql"] for q in done]


@pytest.mark.django_db
def test_a_new_visitor_with_a_claim_costs_no_more_than_one_without():
    """Look, what is wanted of customers (2), write all, journal."""
    counts = []
    for given in ([visitor("warm")], [visitor(1)], [visitor(2), Identity("email", "new@example.com", claimed=True)]):
        with CaptureQueriesContext(connection) as done:
            assert find_or_create(SYSTEM, given, team=ids.new()).created
        counts.append(len([q for q in done if "SAVEPOINT" not in q["sql"]]))
    assert counts[1] == counts[2] <= 5


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_the_owner_among_many_who_claim():
    """The owner's messages make one record of their own; each visitor has one of theirs."""
    given = [[MAIL] if n % 4 == 0 else [visitor(n % 4), CLAIM] for n in range(16)]
    found = at_once(16, lambda n: find_or_create(SYSTEM, given[n]).customer.id)
    assert len(set(found)) == Customer.objects.count() == 4
    assert {owner()} == {found[n] for n in range(0, 16, 4)}
    assert Claim.objects.count() == 3


@pytest.mark.django_db
def test_one_of_us_accepts_a_claim():
    """Then it is an identity like others, and whoever else claims it is suggested; what is taken cannot be accepted."""
    one, other = (find_or_create(SYSTEM, [visitor(n), CLAIM]).customer for n in range(2))
    with pytest.raises(NoSuchClaim), transaction.atomic():
        accept_claim(SYSTEM, one.id, other.claims.get().id)
    assert accept_claim(SYSTEM, one.id, one.claims.get().id).verified_at is None
    assert (owner(), one.claims.count()) == (one.id, 0)
    assert pairs() == {frozenset((one.id, other.id))}
    with pytest.raises(IdentityTaken), transaction.atomic():
        accept_claim(SYSTEM, other.id, other.claims.get().id)
    find_or_create(SYSTEM, [visitor(2), Identity("email", "not an address", claimed=True)])
    odd = Claim.objects.get(is_raw=True)
    with pytest.raises(BadIdentity), transaction.atomic():
        accept_claim(SYSTEM, odd.customer_id, odd.id)
    remove_claim(SYSTEM, odd.customer_id, odd.id)
    assert not Claim.objects.filter(is_raw=True).exists()


@pytest.mark.django_db
def test_what_one_of_us_enters_is_no_claim():
    """An agent who writes an address down asserts it, whoever claims it."""
    claimer = find_or_create(SYSTEM, [visitor(), CLAIM]).customer
    other = find_or_create(SYSTEM, [visitor(2)]).customer
    add_identity(SYSTEM, other.id, CLAIM)
    assert owner() == other.id
    assert pairs() == {frozenset((claimer.id, other.id))}


@pytest.mark.django_db
def test_a_merge_joins_claims_and_hides_what_is_theirs_anyway():
    """The agent found that they are one: what was claimed is theirs now; the rest stays a claim, shown once."""
    more = Identity("email", "more@example.com", claimed=True)
    one, other = (find_or_create(SYSTEM, [visitor(n), CLAIM, more]).customer for n in range(2))
    own = find_or_create(SYSTEM, [MAIL]).customer
    merge(SYSTEM, one.id, own.id)
    merge(SYSTEM, other.id, own.id)
    assert [row.value for row in queries.claims_of(own.id)] == ["more@example.com"]
    with CaptureQueriesContext(connection) as done:
        assert find_or_create(SYSTEM, [visitor(1), more]).customer == own
    assert len(done) == 1


@pytest.mark.django_db
def test_a_claim_is_personal_data():
    """It is in the export, goes with an erasure, and the proof knows it."""
    customer = find_or_create(SYSTEM, [visitor(), CLAIM]).customer
    assert "claims" in {section for section, _ in held.records([customer.id])}
    proof = erase(SYSTEM, customer.id)
    assert not Claim.objects.exists()
    assert len(proof.marks) == 2


@pytest.mark.django_db
def test_agents_find_and_see_claims_as_such():
    """In the record and in the search; accepted and taken away over HTTP."""
    customer = find_or_create(SYSTEM, [visitor(), CLAIM], team=team().id).customer
    lin, one = agent(), f"{CUSTOMERS}/{customer.id}"
    claim = lin("GET", one).json()["claims"][0]
    assert (claim["kind"], claim["shown"]) == ("email", "Wang@Example.com")
    assert [row["id"] for row in lin("GET", f"{CUSTOMERS}?q=wang@ex").json()["items"]] == [str(customer.id)]
    assert lin("POST", f"{one}/claims/{claim['id']}/accept").status_code == 201
    assert lin("DELETE", f"{one}/claims/{claim['id']}").status_code == 404
    assert lin("GET", one).json()["claims"] == []


@pytest.mark.django_db
def test_many_finds_are_searched_by_claims_too(monkeypatch):
    """Also past the number of finds that are fetched at once."""
    monkeypatch.setattr(searching, "FEW", 0)
    customer = find_or_create(SYSTEM, [visitor(), CLAIM]).customer
    assert searching.page(SYSTEM, searching.Wanted(text="wang@"), None, 5) == [customer]


class Claims(RuleBasedStateMachine):
    """Visitors who type addresses and owners who write, in any order; beside them on paper: whose each address is."""

    @initialize()
    def begin(self) -> None:
        self.around = _undone()
        self.around.__enter__()
        self.visitors: dict[int, ids.UUID] = {}
        self.owners: dict[int, ids.UUID] = {}
        self.claims: set[tuple[ids.UUID, int]] = set()

    def teardown(self) -> None:
        if hasattr(self, "around"):
            self.around.__exit__(None, None, None)

    @rule(who=st.integers(0, 3), addresses=st.sets(st.integers(0, 3)))
    def typing(self, who: int, addresses: set[int]) -> None:
        found = find_or_create(SYSTEM, [visitor(who), *(_address(one, claimed=True) for one in addresses)])
        assert found.created == (who not in self.visitors)
        assert self.visitors.setdefault(who, found.customer.id) == found.customer.id
        self.claims |= {(found.customer.id, one) for one in addresses if self.owners.get(one) != found.customer.id}

    @rule(address=st.integers(0, 3), verified=st.booleans())
    def writing(self, address: int, verified: bool) -> None:
        found = find_or_create(SYSTEM, [_address(address, verified=verified)])
        assert found.created == (address not in self.owners)
        assert self.owners.setdefault(address, found.customer.id) == found.customer.id

    @rule(who=st.integers(0, 3), address=st.integers(0, 3))
    def signing_in(self, who: int, address: int) -> None:
        """A visitor with a proven address: who has the address it is, else the visitor gets it."""
        found = find_or_create(SYSTEM, [visitor(who), _address(address, verified=True)]).customer.id
        wanted = self.owners.get(address) or self.visitors.get(who) or found
        assert found == wanted
        self.owners.setdefault(address, found)
        self.visitors.setdefault(who, found)
        self.claims.discard((found, address))

    @invariant()
    def all_agree(self) -> None:
        if not hasattr(self, "owners"):
            return
        known = Known.objects.filter(kind="email").values_list("value", "customer_id")
        assert dict(known) == {f"a{one}@example.com": whose for one, whose in self.owners.items()}
        said = {(row.customer_id, int(row.value[1])) for row in Claim.objects.all()}
        assert said == self.claims
        for claimer, address in self.claims:
            whose = self.owners.get(address)
            assert whose is None or whose == claimer or frozenset((whose, claimer)) in _suggested()


def _address(n: int, **how: bool) -> Identity:
    return Identity("email", f"a{n}@example.com", **how)


def _suggested() -> set[frozenset]:
    return {frozenset(pair) for pair in Suggestion.objects.values_list("one_id", "other_id")}


@pytest.mark.django_db
def test_any_sequence_equals_the_model() -> None:
    """Who typed never has, who proved or wrote always does, and every claim of somebody's address is suggested."""
    few = settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Claims, settings=few)

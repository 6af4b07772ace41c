"""Any sequence of merges and undos equals a forest on paper, and each undo brings back exactly what was."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.service.apps.customers.test_merging import rows

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import facts, queries
from servewell.apps.customers.actions import block, find_or_create, meet, merge, unblock, unmerge
from servewell.apps.customers.errors import NotMerged, SameCustomer
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer

PEOPLE = st.integers(0, 5)
TEAMS = [ids.new() for _ in range(4)]


class Families(RuleBasedStateMachine):
    """Six customers; beside them a forest of pointers, the teams each met, and who is blocked by themselves."""

    @initialize()
    def begin(self) -> None:
        self.around = _undone()
        self.around.__enter__()
        self.ids = [
            find_or_create(SYSTEM, [Identity("email", f"p{n}@example.com")], name=f"p{n}").customer.id for n in range(6)
        ]
        self.parent: dict[int, int] = {}
        self.met: dict[int, set] = {n: set() for n in range(6)}
        self.merges: list[tuple[int, dict]] = []  # who went, and all rows as they were before

    def teardown(self) -> None:
        if hasattr(self, "around"):
            self.around.__exit__(None, None, None)

    def root(self, n: int) -> int:
        return self.root(self.parent[n]) if n in self.parent else n

    @rule(one=PEOPLE, other=PEOPLE)
    def merging(self, one: int, other: int) -> None:
        gone, survivor, before = self.root(one), self.root(other), rows()
        if gone == survivor:
            with pytest.raises(SameCustomer), transaction.atomic():
                merge(SYSTEM, self.ids[one], self.ids[other])
            return
        assert merge(SYSTEM, self.ids[one], self.ids[other]).customer.id == self.ids[survivor]
        self.parent[gone] = survivor
        self.merges.append((gone, before))

    @rule(one=PEOPLE)
    def undoing(self, one: int) -> None:
        self.merges = []  # an undo in the middle: what was before is no longer a moment of the past
        if one not in self.parent:
            with pytest.raises(NotMerged), transaction.atomic():
                unmerge(SYSTEM, self.ids[one])
            return
        unmerge(SYSTEM, self.ids[one])
        del self.parent[one]

    @precondition(lambda self: self.merges)
    @rule()
    def undoing_the_last(self) -> None:
        gone, before = self.merges.pop()
        unmerge(SYSTEM, self.ids[gone])
        del self.parent[gone]
        assert rows() == before

    @rule(one=PEOPLE, team=st.sampled_from(TEAMS))
    def meeting(self, one: int, team: ids.UUID) -> None:
        meet(SYSTEM, self.ids[one], team)
        self.met[one].add(team)
        self.merges = []

    @rule(one=PEOPLE, on=st.booleans())
    def blocking(self, one: int, on: bool) -> None:
        if on:
            block(SYSTEM, self.ids[one], "why")
        else:
            unblock(SYSTEM, self.ids[one])
        self.merges = []

    @rule(one=PEOPLE)
    def contacting(self, one: int) -> None:
        found = find_or_create(SYSTEM, [Identity("email", f"p{one}@example.com")])
        assert (found.customer.id, found.created) == (self.ids[self.root(one)], False)

    @invariant()
    def all_agree(self) -> None:
        if not hasattr(self, "ids"):
            return
        families: dict[int, set[int]] = {}
        for n in range(6):
            families.setdefault(self.root(n), set()).add(n)
        for root, members in families.items():
            survivor = Customer.objects.get(id=self.ids[root])
            assert {queries.resolve(self.ids[n]) for n in members} == {survivor.id}
            assert set(queries.family(survivor.id)) == {self.ids[n] for n in members}
            assert set(survivor.team_ids) == set().union(*(self.met[n] for n in members))
            found = facts.completeness(survivor)
            assert (survivor.completeness, survivor.missing) == (found.percent, found.missing)
        pointed = dict(Customer.objects.exclude(merged_into=None).values_list("id", "merged_into_id"))
        assert pointed == {self.ids[n]: self.ids[up] for n, up in self.parent.items()}


class _Undo(Exception):
    pass


@contextmanager
def _undone() -> Iterator[None]:
    """Do an example in a savepoint that is rolled back."""
    try:
        with transaction.atomic():
            try:
                yield
            finally:
                raise _Undo
    except _Undo:
        return


@pytest.mark.django_db
def test_any_sequence_equals_the_model() -> None:
    """Merges, undos, blocks, meetings and contacts in any order."""
    few = settings(
        max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Families, settings=few)

"""Two customers that are one: a merge joins them, its undoing brings back exactly what was."""

from datetime import timedelta

import pytest
from django.db.models import F
from tests.together import at_once

from servewell.apps.base import clock, ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import facts, jobs, queries
from servewell.apps.customers.actions import block, decide, dismiss, find_or_create, meet, merge, unblock, unmerge
from servewell.apps.customers.errors import NoSuchCustomer, NoSuchSuggestion, NotMerged, SameCustomer
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer, Suggestion
from servewell.apps.journal.models import Event

BOOKKEEPING = {"version", "changed_at"}  # they say that something happened, not what is


def somebody(word, **fields):
    customer = find_or_create(SYSTEM, [Identity("email", f"{word}@example.com")], name=word).customer
    Customer.objects.filter(id=customer.id).update(**fields)
    jobs.recount()
    return customer.id


def rows():
    return {row["id"]: {k: v for k, v in row.items() if k not in BOOKKEEPING} for row in Customer.objects.values()}


@pytest.mark.django_db
def test_it_works():
    """The survivor goes on for both, its words win, the others are listed; undone, all is as before."""
    wang, li = somebody("wang", tier="gold", language="en"), somebody("li", tier="silver")
    before = rows()
    merged = merge(SYSTEM, wang, li)
    assert (merged.customer.id, merged.gone) == (li, wang)
    assert [(one.field, one.kept, one.other) for one in merged.conflicts] == [
        ("name", "li", "wang"),
        ("tier", "silver", "gold"),
    ]
    assert (queries.resolve(wang), queries.family(wang)) == (li, [li, wang])
    assert facts.first(facts.family_rows(merged.customer), "language") == "en"
    assert find_or_create(SYSTEM, [Identity("email", "wang@example.com")]).customer.id == li
    assert "wang@example.com" in queries.searchable(li)
    assert unmerge(SYSTEM, wang).id == wang
    assert rows() == before
    assert find_or_create(SYSTEM, [Identity("email", "wang@example.com")]).customer.id == wang
    told = Event.objects.filter(activity__contains="merged").order_by("id")
    assert sorted((one.activity, one.customer, one.attributes["part"]) for one in told) == sorted(
        (f"customer.{what}", who, part)
        for what in ("merged", "unmerged")
        for who, part in ((wang, "from"), (li, "into"))
    )


@pytest.mark.django_db
def test_what_is_one_already_is_not_merged_again():
    """Neither with oneself, nor in a ring, nor along a chain; nobody unknown; nothing to undo where nothing was."""
    a, b, c = somebody("a"), somebody("b"), somebody("c")
    merge(SYSTEM, a, b)
    merge(SYSTEM, b, c)
    for one, other in ((a, a), (a, c), (c, a), (b, a), (c, b)):
        with pytest.raises(SameCustomer):
            merge(SYSTEM, one, other)
    with pytest.raises(NotMerged):
        unmerge(SYSTEM, c)
    for verb in (lambda: merge(SYSTEM, a, ids.new()), lambda: unmerge(SYSTEM, ids.new())):
        with pytest.raises(NoSuchCustomer):
            verb()
    assert {queries.resolve(one) for one in (a, b, c)} == {c}


@pytest.mark.django_db
def test_undoing_takes_along_what_was_merged_below():
    """A into B, B into C: B leaves C with A."""
    a, b, c = somebody("a"), somebody("b"), somebody("c")
    merge(SYSTEM, a, b)
    merge(SYSTEM, b, c)
    unmerge(SYSTEM, b)
    assert [queries.resolve(one) for one in (a, b, c)] == [b, b, c]


@pytest.mark.django_db
def test_teams_reach_the_survivor_while_the_merge_lasts():
    """Who met one of them reaches both, and afterwards just the one they met."""
    a, b = somebody("a"), somebody("b")
    day, night, late = sorted(ids.new() for _ in range(3))
    meet(SYSTEM, a, day)
    meet(SYSTEM, b, night)
    merge(SYSTEM, a, b)
    meet(SYSTEM, a, late)
    assert sorted(Customer.objects.get(id=b).team_ids) == [day, night, late]
    unmerge(SYSTEM, a)
    assert sorted(Customer.objects.get(id=a).team_ids) == [day, late]
    assert Customer.objects.get(id=b).team_ids == [night]


@pytest.mark.django_db
def test_a_block_comes_along_and_leaves_again():
    """Nobody slips out of a block by being merged, also in a chain; a block of the survivor's own stays."""
    a, b, c = somebody("a"), somebody("b"), somebody("c")
    block(SYSTEM, a, "threats", clock.now() + timedelta(days=1))
    merge(SYSTEM, a, b)
    merge(SYSTEM, b, c)
    assert all(Customer.objects.get(id=one).is_blocked for one in (a, b, c))
    unmerge(SYSTEM, a)
    assert [Customer.objects.get(id=one).is_blocked for one in (a, b, c)] == [True, False, False]
    merge(SYSTEM, a, c)
    block(SYSTEM, c, "theirs too")
    unmerge(SYSTEM, a)
    assert Customer.objects.get(id=c).is_blocked
    unblock(SYSTEM, c)
    assert not Customer.objects.get(id=c).is_blocked


@pytest.mark.django_db
def test_consents_and_completeness_are_the_familys():
    """What one of them decided counts for both while they are one."""
    a, b = somebody("a"), somebody("b")
    Customer.objects.filter(id=b).update(name="", name_key="", language="zh-Hans")
    before = rows()[b]["completeness"]
    decide(SYSTEM, a, "marketing", True, source="form")
    merged = merge(SYSTEM, a, b).customer
    assert merged.completeness > before
    assert [one.given for one in queries.consents(b) if one.purpose == "marketing"] == [True]
    unmerge(SYSTEM, a)
    assert "name" in Customer.objects.get(id=b).missing
    assert not [one for one in queries.consents(b) if one.at]


@pytest.mark.django_db
def test_a_suggestion_is_settled_by_the_merge_and_open_again_when_it_is_undone():
    """Dismissed, it is not made again."""
    a, b = somebody("a"), somebody("b")
    both = [Identity("email", f"{word}@example.com") for word in "ab"]
    find_or_create(SYSTEM, both)
    merge(SYSTEM, b, a)
    assert Suggestion.objects.get().state == "merged"
    unmerge(SYSTEM, b)
    row = Suggestion.objects.get()
    assert row.state == "open"
    dismiss(SYSTEM, row.id)
    find_or_create(SYSTEM, both)
    assert Suggestion.objects.get().state == "dismissed"
    with pytest.raises(NoSuchSuggestion):
        dismiss(SYSTEM, row.id)


@pytest.mark.django_db(transaction=True)
def test_merges_in_a_ring_at_the_same_moment_leave_one_customer():
    """Four each into the next, sixteen at once: three merges succeed, no ring comes about, all are one."""
    people = [somebody(word) for word in "abcd"]
    outcomes = at_once(16, lambda turn: merge(SYSTEM, people[turn % 4], people[(turn + 1) % 4]))
    refused = [one for one in outcomes if isinstance(one, SameCustomer)]
    assert (len(refused), len([one for one in outcomes if isinstance(one, Exception)])) == (13, 13)
    assert len({queries.resolve(one) for one in people}) == 1
    assert Customer.objects.filter(merged_into=None).count() == 1
    assert not Customer.objects.filter(merged_into=F("id")).exists()


@pytest.mark.django_db(transaction=True)
def test_undoing_and_merging_at_the_same_moment_keep_the_pointers_right():
    """Whatever order they come in, each row's survivor is the end of its chain."""
    people = [somebody(word) for word in "abcdef"]

    def work(turn):
        if turn % 3 == 2:
            return unmerge(SYSTEM, people[turn % 6])
        return merge(SYSTEM, people[turn % 6], people[(turn * 5 + 1) % 6])

    faults = [one for one in at_once(16, work) if isinstance(one, Exception)]
    assert {type(one) for one in faults} <= {SameCustomer, NotMerged}
    pointers = dict(Customer.objects.values_list("id", "merged_into_id"))
    for one in people:
        end = one
        while pointers[end]:
            end = pointers[end]
        assert queries.resolve(one) == end

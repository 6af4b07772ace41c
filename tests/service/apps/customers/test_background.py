"""What happens by itself: blocks run out, figures are made anew when the house wants to know other things."""

import threading
from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.service.apps.customers.helpers import customer
from tests.together import at_once

from servewell.apps.base import clock, settings, timers
from servewell.apps.base.principal import SYSTEM
from servewell.apps.customers import actions, facts, jobs
from servewell.apps.customers.errors import IdentityTaken
from servewell.apps.customers.identities import Identity
from servewell.apps.customers.models import Customer, Tier
from servewell.apps.customers.models import Identity as Known
from servewell.apps.journal.models import Event


@pytest.mark.django_db
def test_a_block_runs_out():
    """At its end, once, also one that came with a merge."""
    one, other = customer("one"), customer("other")
    until = clock.now() + timedelta(hours=1)
    actions.block(SYSTEM, one, "spam", until)
    actions.merge(SYSTEM, one, other)
    assert all(row.is_blocked for row in Customer.objects.all())
    with clock.frozen(until + timedelta(seconds=1)):
        assert timers.run_due() == 2
        assert not any(row.is_blocked for row in Customer.objects.all())
    assert Customer.objects.filter(blocked_at=None, blocked_reason="", blocked_from=None).count() == 2
    ended = Event.objects.filter(activity="customer.unblocked")
    assert [(event.actor_kind, event.attributes["expired"]) for event in ended] == [("system", True)] * 2


@pytest.mark.django_db
def test_a_block_made_longer_does_not_end_early():
    """The timer goes along."""
    one, hour = customer(), clock.now() + timedelta(hours=1)
    actions.block(SYSTEM, one, "spam", hour)
    actions.block(SYSTEM, one, "spam")
    with clock.frozen(hour + timedelta(hours=1)):
        assert timers.run_due() == 0
        assert Customer.objects.get(id=one).is_blocked


@pytest.mark.django_db
def test_figures_follow_the_weights(monkeypatch):
    """Of all customers, in batches; who is merged away is not counted by themselves."""
    monkeypatch.setattr(jobs, "BATCH", 2)
    people = [customer(f"c{n}") for n in range(5)]
    actions.merge(SYSTEM, people[0], people[1])
    settings.put(SYSTEM, "customers.weights", ["name=1", "language=1"])
    jobs.recount()
    rows = Customer.objects.filter(merged_into=None)
    assert {(row.completeness, tuple(row.missing)) for row in rows} == {(50, ("language",))}


@pytest.mark.django_db(transaction=True)
def test_a_change_of_what_is_wanted_asks_for_new_figures_once():
    """Weights or attributes, however often they change before a worker comes."""
    settings.put(SYSTEM, "customers.weights", ["name=1"])
    settings.put(SYSTEM, "customers.weights", ["name=1", "language=1"])
    actions.define(SYSTEM, "attribute", "motto", name_zh="座右铭", name_en="Motto", kind="text", required=True)
    assert ProcrastinateJob.objects.filter(task_name="customers.recount").count() == 1


@pytest.mark.parametrize("wrong", [[], ["name"], ["name=-1"], ["shoe=5"], ["name=1", "name=2"], ["name=0"], ["name=٣"]])
@pytest.mark.django_db
def test_weights_that_mean_nothing_are_refused(wrong):
    """As any setting is."""
    with pytest.raises(settings.BadSetting):
        settings.put(SYSTEM, "customers.weights", wrong)


@pytest.mark.django_db(transaction=True)
def test_eight_who_define_the_same_code_at_once_make_one():
    """The last one's names stay; nobody is told of a fault."""
    names = {"name_zh": "顶级", "name_en": "Top"}
    made = at_once(8, lambda turn: actions.define(SYSTEM, "tier", "top", **names, position=turn))
    assert not [one for one in made if isinstance(one, Exception)], made
    assert Tier.objects.filter(code="top").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_who_archive_a_built_in_term_at_once_archive_it():
    """Whose row is not written yet; nobody is told of a fault."""
    made = at_once(8, lambda _: actions.archive(SYSTEM, "tier", "gold"))
    assert not [one for one in made if isinstance(one, Exception)], made
    assert Tier.objects.get(code="gold").archived_at


@pytest.mark.django_db(transaction=True)
def test_figures_made_anew_do_not_undo_newer_ones(monkeypatch):
    """Somebody who tells more while the job reckons waits for it, and has the last word."""
    one, reckons, told = customer("one", name=""), threading.Event(), threading.Event()
    real = facts.completeness_of_all

    def slowly(customers, wanted):
        found = real(customers, wanted)
        if threading.current_thread() is not threading.main_thread() and not reckons.is_set():
            reckons.set()
            told.wait(0.5)
        return found

    monkeypatch.setattr(facts, "completeness_of_all", slowly)

    def tell():
        assert reckons.wait(20)
        actions.change(SYSTEM, one, 1, name="Wang", language="en")
        told.set()

    assert at_once(2, lambda turn: (jobs.recount, tell)[turn]()) == [None, None]
    row = Customer.objects.get(id=one)
    assert row.completeness == facts.completeness(row).percent
    assert row.missing == ["verified"]


@pytest.mark.django_db(transaction=True)
def test_an_identity_that_is_added_by_two_at_once_is_one_customers():
    """The others are refused."""
    people = [customer(f"c{n}") for n in range(8)]
    given = Identity("external", "42", "shop")
    made = at_once(8, lambda turn: actions.add_identity(SYSTEM, people[turn], given))
    assert [type(one) for one in made if isinstance(one, Exception)] == [IdentityTaken] * 7
    assert Known.objects.filter(kind="external").count() == 1

"""What can be done to people, and what the journal keeps of it: ids and codes."""

import threading

import pytest
from django.db import connection
from tests.service.apps.people.helpers import PASSWORD, person
from tests.together import at_once

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions
from servewell.apps.people.errors import (
    BadPerson,
    EmailTaken,
    LastAdministrator,
    NoSuchPerson,
    NoSuchTeam,
    UsernameTaken,
    WeakPassword,
)
from servewell.apps.people.models import User


def last_event():
    return Event.objects.order_by("-id").first()


def test_it_works():
    """A person is made with role, teams and address; the journal keeps no name."""
    boss = person("wang", "administrator")
    team = actions.create_team(boss.principal(), "售后")
    made = actions.create_user(
        boss.principal(), "Lin", PASSWORD, name="林", email="Lin@X.org", role="lead", teams=[team.id]
    )
    assert (made.email, made.role, made.check_password(PASSWORD)) == ("lin@x.org", "lead", True)
    assert made.principal().teams == {team.id}
    event = last_event()
    assert (event.activity, event.actor) == ("people.user_created", boss.id)
    assert event.attributes == {"user": str(made.id), "role": "lead"}


def test_names_and_addresses_differ_in_more_than_case():
    """Or two people would share one sign-in."""
    person("lin", email="lin@x.org")
    with pytest.raises(UsernameTaken):
        person("LIN")
    with pytest.raises(EmailTaken):
        person("other", email="LIN@x.org")


def test_many_people_have_no_address():
    """An empty one is not taken."""
    person("lin")
    assert person("wang").email == ""


@pytest.mark.parametrize(
    ("field", "given"),
    [("username", "li n"), ("email", "nowhere"), ("language", "fr"), ("role", "emperor"), ("username", "")],
)
def test_what_does_not_fit_is_refused_with_the_field(field, given):
    """The screen can point at it."""
    fields = {"username": "lin", field: given}
    with pytest.raises(BadPerson) as refused:
        actions.create_user(SYSTEM, fields.pop("username"), PASSWORD, **fields)
    assert refused.value.values["field"] == field
    assert not User.objects.exists()


def test_an_easy_password_is_refused():
    """Nothing is stored, and each reason is a sentence."""
    with pytest.raises(WeakPassword) as refused:
        actions.create_user(SYSTEM, "linlinlin", "linlinlin1")
    assert refused.value.values["reasons"]
    assert not User.objects.exists()


def test_a_role_change_says_from_what_to_what():
    """The same role again is no event."""
    lin = person()
    actions.change_role(SYSTEM, lin.id, "manager")
    assert last_event().attributes == {"user": str(lin.id), "before": "agent", "role": "manager"}
    before = Event.objects.count()
    actions.change_role(SYSTEM, lin.id, "manager")
    assert Event.objects.count() == before


def test_the_last_administrator_stays():
    """By no way can a house be left without one."""
    boss = person("wang", "administrator")
    for leave in (lambda: actions.change_role(SYSTEM, boss.id, "agent"), lambda: actions.deactivate(SYSTEM, boss.id)):
        with pytest.raises(LastAdministrator):
            leave()
    second = person("li", "administrator")
    actions.deactivate(SYSTEM, boss.id)
    with pytest.raises(LastAdministrator):
        actions.change_role(SYSTEM, second.id, "agent")
    actions.activate(SYSTEM, boss.id)
    assert actions.change_role(SYSTEM, second.id, "agent").role == "agent"


def test_two_administrators_who_leave_at_once_leave_one(transactional_db):
    """Each sees the other still there, unless they wait for each other."""
    bosses = [person(name, "administrator") for name in ("wang", "li")]
    ready, outcomes = threading.Barrier(2), []

    def leave(boss):
        ready.wait()
        try:
            actions.deactivate(SYSTEM, boss.id)
            outcomes.append("left")
        except LastAdministrator:
            outcomes.append("stays")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[boss]) for boss in bosses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["left", "stays"]


def test_administrators_who_save_each_other_at_once_wait_in_one_order(transactional_db):
    """Name and role of each at the same moment: nobody is left in a deadlock."""
    bosses = [person(name, "administrator") for name in ("wang", "li", "mo")]

    def save(number):
        for turn in range(8):
            whom = bosses[(number + turn) % 3]
            given = {"name": f"{number}.{turn}", "role": "administrator", "is_active": True}
            actions.change_user(SYSTEM, whom.id, **given)

    assert at_once(4, save) == [None] * 4


def test_a_change_of_several_things_is_all_or_nothing():
    """An unknown team undoes the new role, and its event."""
    lin = person()
    before = Event.objects.count()
    with pytest.raises(NoSuchTeam):
        actions.change_user(SYSTEM, lin.id, role="manager", teams=[lin.id])
    lin.refresh_from_db()
    assert (lin.role, Event.objects.count()) == ("agent", before)


def test_nobody_is_changed_who_is_not_there():
    """404, not a crash."""
    with pytest.raises(NoSuchPerson):
        actions.change_role(SYSTEM, ids.new(), "agent")

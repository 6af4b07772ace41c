"""Working hours over HTTP: a team's, a person's, the dates that differ, and what cannot be kept."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.service.apps.people.helpers import person, signed_in
from tests.together import at_once

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions, hours
from servewell.apps.people.models import Hours

DAY = {"start": "09:00", "end": "18:00"}
OFFICE = [{"day": day, **DAY} for day in range(1, 6)]
SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 3, 10, 10, tzinfo=SHANGHAI)


def remembered():
    return [event.attributes for event in Event.objects.filter(activity="people.hours_changed").order_by("id")]


def of_team(team):
    return f"/api/v1/people/teams/{team.id}/hours"


def of_person(user):
    return f"/api/v1/people/users/{user.id}/hours"


def test_it_works():
    """A team's week with a holiday; its people have it until they have their own, and again after."""
    team = actions.create_team(SYSTEM, "Day")
    lin = person(teams=[team.id])
    boss = signed_in(person("boss", "manager"))
    sent = {"week": OFFICE, "exceptions": [{"date": "2026-10-01", "shifts": []}]}
    with clock.frozen(TUESDAY):
        kept = boss("PUT", of_team(team), sent).json()
        assert (kept["zone"], kept["source"], kept["open_now"]) == ("Asia/Shanghai", "own", True)
        assert (kept["week"], kept["exceptions"]) == (OFFICE, sent["exceptions"])
        theirs = boss("GET", of_person(lin)).json()
        assert (theirs["source"], theirs["team"], theirs["week"]) == ("team", str(team.id), OFFICE)
        night = {"zone": "Europe/Berlin", "week": [{"day": 7, "start": "22:00", "end": "06:00"}]}
        own = boss("PUT", of_person(lin), night).json()
        assert (own["source"], own["zone"], own["open_now"]) == ("own", "Europe/Berlin", False)
        assert own["next_open"] == "2026-03-15T21:00:00Z"
        assert boss("DELETE", of_person(lin)).status_code == 204
        assert boss("GET", of_person(lin)).json()["source"] == "team"
    about_team, about_lin = {"group": str(team.id)}, {"user": str(lin.id)}
    kept, gone = {"kept": True}, {"kept": False}
    told = [about_team | kept, about_lin | kept, about_lin | gone]
    assert {frozenset(one.items()) for one in remembered()} == {frozenset(one.items()) for one in told}


def test_shifts_that_overlap_become_one():
    boss, lin = signed_in(person("boss", "manager")), person("lin")
    week = [
        {"day": 1, **DAY},
        {"day": 1, "start": "17:00", "end": "20:00"},
        {"day": 1, "start": "20:00", "end": "24:00"},
    ]
    kept = boss("PUT", of_person(lin), {"week": week}).json()
    assert kept["week"] == [{"day": 1, "start": "09:00", "end": "24:00"}]


def test_where_nothing_is_set_it_says_so():
    """404, for a person in a team without hours as well; nothing can be taken away twice."""
    team = actions.create_team(SYSTEM, "Day")
    lin = person(teams=[team.id])
    boss = signed_in(person("boss", "manager"))
    for path in (of_team(team), of_person(lin)):
        answers = boss("GET", path), boss("DELETE", path)
        assert [(a.status_code, a.json()["type"]) for a in answers] == [(404, "/errors/people-no-such-hours")] * 2


def test_without_a_zone_it_is_the_installations():
    settings.put(SYSTEM, "people.zone", "Asia/Tokyo")
    boss, lin = signed_in(person("boss", "manager")), person("lin")
    assert boss("PUT", of_person(lin), {"week": OFFICE}).json()["zone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"week": [{"day": 1, "start": "9", "end": "18:00"}]}, "“9” is not a time of day"),
        ({"week": [], "zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone"),
        ({"week": [{"day": 1, "start": "24:00", "end": "06:00"}]}, "“24:00” is not a time of day"),
        ({"week": [], "exceptions": [{"date": "2026-10-01"}] * 2}, "2026-10-01 is given twice"),
        ({"week": [{"day": 1, "start": f"{n:02}:00", "end": f"{n:02}:01"} for n in range(24)] * 2}, "at most 24"),
        ({"week": [{"day": 8, **DAY}]}, None),  # a field that does not fit: named by the frame
        ({"week": [], "exceptions": [{"date": "someday"}]}, None),
        ({"week": [{"day": 1, "start": "x" * 300, "end": "18:00"}]}, None),
    ],
)
def test_what_cannot_be_kept_is_said_in_a_sentence(sent, says):
    boss, lin = signed_in(person("boss", "manager", language="en")), person("lin")
    refused = boss("PUT", of_person(lin), sent)
    assert refused.status_code in (400, 422), refused.content
    if says:
        assert refused.json()["type"] == "/errors/people-bad-hours"
        assert says in refused.json()["title"]
    assert not Hours.objects.exists()


def test_the_same_again_changes_nothing():
    lin = person()
    week = hours.read("UTC", OFFICE, ())
    first = actions.set_hours(SYSTEM, lin, week)
    assert actions.set_hours(SYSTEM, lin, week).changed_at == first.changed_at
    assert len(remembered()) == 1


def test_two_who_save_at_once_leave_one_week(transactional_db):
    team = actions.create_team(SYSTEM, "Day")
    weeks = [hours.read("UTC", [{"day": day, **DAY}], ()) for day in range(1, 8)]
    given = at_once(7, lambda number: actions.set_hours(SYSTEM, team, weeks[number]))
    assert not [one for one in given if isinstance(one, Exception)]
    assert Hours.objects.count() == 1
    assert hours.of(Hours.objects.get()) in weeks
    assert len(remembered()) == 7


def test_of_several_teams_the_first_by_name_that_has_hours_counts():
    early, late, none = (actions.create_team(SYSTEM, name) for name in ("B early", "C late", "A none"))
    lin = person(teams=[early.id, late.id, none.id])
    for team in (late, early):
        actions.set_hours(SYSTEM, team, hours.read("UTC", OFFICE, ()))
    boss = signed_in(person("boss", "manager"))
    assert boss("GET", of_person(lin)).json()["team"] == str(early.id)
    actions.change_team(SYSTEM, early.id, archived=True)
    assert boss("GET", of_person(lin)).json()["team"] == str(late.id)


def test_a_lead_sets_those_of_the_team_and_reads_no_others():
    mine, theirs = (actions.create_team(SYSTEM, name) for name in ("Mine", "Theirs"))
    lead = signed_in(person("wang", "lead", teams=[mine.id]))
    for team in (mine, theirs):
        actions.set_hours(SYSTEM, team, hours.read("UTC", OFFICE, ()))
    assert lead("PUT", of_team(mine), {"week": []}).status_code == 200
    assert lead("PUT", of_team(theirs), {"week": []}).status_code == 404
    assert lead("GET", of_team(theirs)).status_code == 404

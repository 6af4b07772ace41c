"""Users and teams as administrators keep them: found, renamed, described, archived."""

import pytest
from tests.service.apps.people.helpers import Browser, person, signed_in
from tests.together import at_once

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions
from servewell.apps.people.errors import BadPerson, EmailTaken, NoSuchTeam, TeamArchived, TeamNameTaken
from servewell.apps.people.models import Team, User

USERS = "/api/v1/people/users"
TEAMS = "/api/v1/people/teams"


def remembered(name):
    return [event.attributes for event in Event.objects.filter(activity=f"people.{name}").order_by("id")]


@pytest.fixture
def boss():
    return signed_in(person("wang", "administrator", language="en"))


def test_it_works(boss):
    """A new name, address and language at once; the journal says which, never what."""
    user = person("lin", name="林")
    changed = boss("PATCH", f"{USERS}/{user.id}", {"name": " 林岚 ", "email": "Lan@X.org", "language": "en"}).json()
    assert (changed["name"], changed["email"], changed["language"]) == ("林岚", "lan@x.org", "en")
    assert remembered("details_changed") == [{"user": str(user.id), "fields": ["email", "language", "name"]}]
    boss("PATCH", f"{USERS}/{user.id}", {"name": "林岚"})
    assert len(remembered("details_changed")) == 1


def test_an_address_is_one_persons(boss):
    """Also when two take it at once; the screen is told in a sentence."""
    person("lin", email="lin@x.org")
    zhao = person("zhao")
    refused = boss("PATCH", f"{USERS}/{zhao.id}", {"email": "LIN@x.org"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/errors/people-email-taken")
    assert boss("PATCH", f"{USERS}/{zhao.id}", {"email": "not one"}).status_code == 422


def test_two_take_one_address_at_once(transactional_db):
    users = [person(f"p{number}") for number in range(4)]
    given = at_once(4, lambda number: actions.change_details(SYSTEM, users[number].id, email="same@x.org"))
    assert sorted(type(result).__name__ for result in given) == ["EmailTaken"] * 3 + ["User"]
    assert all(isinstance(result, EmailTaken | User) for result in given)


@pytest.mark.parametrize("name", ["x" * 151, "a" * 300])
def test_a_name_of_300_characters_is_refused_kindly(boss, name):
    user = person("lin")
    refused = boss("PATCH", f"{USERS}/{user.id}", {"name": name})
    assert (refused.status_code, refused.json()["type"]) == (422, "/errors/people-bad-person")
    assert User.objects.get(pk=user.pk).name == ""


def test_people_are_found_by_name_address_role_team_and_state(boss):
    """In any case; percent signs and underscores are letters."""
    team = actions.create_team(SYSTEM, "Day")
    person("lin", name="林岚", email="lan@x.org", teams=[team.id])
    person("zhao", "lead")
    gone = person("chen_1")
    actions.deactivate(SYSTEM, gone.id)

    def found(query):
        return [one["username"] for one in boss("GET", f"{USERS}?{query}").json()["items"]]

    assert found("q=林") == found("q=LAN@") == found("q=LI") == ["lin"]
    assert found("q=%25") == []
    assert found("q=_") == ["chen_1"]
    assert found("role=lead") == ["zhao"]
    assert found(f"team={team.id}") == ["lin"]
    assert found("is_active=false") == ["chen_1"]
    assert found("q=n&is_active=true") == ["lin", "wang"]
    assert found(f"team={ids.new()}") == found("role=emperor") == []
    assert boss("GET", f"{USERS}?q={'x' * 151}").status_code == 422


def test_a_filtered_list_goes_on_with_its_cursor(boss):
    for number in range(60):
        person(f"p{number:02}", "lead" if number % 2 else "agent")
    for number in range(60, 90):
        person(f"p{number}", "agent")
    first = boss("GET", f"{USERS}?role=agent").json()
    second = boss("GET", f"{USERS}?role=agent&cursor={first['next']}").json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (50, 10, None)


def test_a_team_is_renamed_described_archived_and_brought_back(boss):
    """What is so already is no event."""
    team = boss("POST", TEAMS, {"name": "Day", "description": "By day"}).json()
    assert (team["description"], team["archived"]) == ("By day", False)
    path = f"{TEAMS}/{team['id']}"
    changed = boss("PATCH", path, {"name": " Days ", "archived": True}).json()
    assert (changed["name"], changed["description"], changed["archived"]) == ("Days", "By day", True)
    boss("PATCH", path, {"archived": True, "name": "Days"})
    assert boss("PATCH", path, {"archived": False}).json()["archived"] is False
    about = {"changed": team["id"]}
    assert remembered("team_changed") == [
        {**about, "fields": ["name", "archived"], "archived": True},
        {**about, "fields": ["archived"], "archived": False},
    ]


def test_everybody_sees_the_names_of_all_teams():
    """Whoever hands work on needs them."""
    actions.create_team(SYSTEM, "Night")
    assert [one["name"] for one in signed_in(person())("GET", TEAMS).json()] == ["Night"]
    assert Browser()("GET", TEAMS).status_code == 401


def test_nobody_is_put_into_an_archived_team_but_who_is_in_it_stays():
    old, new = (actions.create_team(SYSTEM, name) for name in ("Old", "New"))
    lin, zhao = person("lin", teams=[old.id]), person("zhao")
    actions.change_team(SYSTEM, old.id, archived=True)
    with pytest.raises(TeamArchived):
        actions.set_teams(SYSTEM, zhao.id, [old.id])
    with pytest.raises(TeamArchived):
        person("chen", teams=[old.id])
    actions.set_teams(SYSTEM, lin.id, [old.id, new.id])
    assert lin.principal().teams == {old.id, new.id}


def test_the_same_teams_again_are_no_event():
    team = actions.create_team(SYSTEM, "Day")
    lin = person(teams=[team.id])
    actions.set_teams(SYSTEM, lin.id, [team.id])
    assert remembered("teams_changed") == []


def test_names_of_teams_are_unique(transactional_db):
    """Also when several are made at once."""
    day = actions.create_team(SYSTEM, "Day")
    night = actions.create_team(SYSTEM, "Night")
    with pytest.raises(TeamNameTaken):
        actions.create_team(SYSTEM, " Day ")
    with pytest.raises(TeamNameTaken):
        actions.change_team(SYSTEM, night.id, name="Day")
    assert actions.change_team(SYSTEM, day.id, name="Day").name == "Day"
    given = at_once(8, lambda number: actions.create_team(SYSTEM, "Late"))
    assert sorted({type(result).__name__ for result in given}) == ["Team", "TeamNameTaken"]
    assert Team.objects.filter(name="Late").count() == 1


def test_a_team_that_is_not_there_or_has_no_name(boss):
    with pytest.raises(NoSuchTeam):
        actions.change_team(SYSTEM, ids.new(), name="x")
    for name in ("", "  ", "x" * 81):
        with pytest.raises(BadPerson):
            actions.create_team(SYSTEM, name)


def test_more_teams_than_a_person_can_have_are_refused(boss):
    user = person("lin")
    many = [str(ids.new()) for _ in range(101)]
    assert boss("PATCH", f"{USERS}/{user.id}", {"teams": many}).status_code == 422


@pytest.mark.parametrize(
    "model", ["presence", "presencereason", "skill", "userskill", "hours", "signin", "alert", "team", "apikey"]
)
def test_everything_is_seen_under_admin_and_nothing_changed_by_form(boss, model):
    assert boss.client.get(f"/admin/people/{model}/").status_code == 200
    assert boss.client.get(f"/admin/people/{model}/add/").status_code == 403

"""Presence: what somebody is, why and for how long; who sees it, who may set it, and what silence does."""

from datetime import timedelta

import pytest
from tests.service.apps.people.helpers import LOGIN, PASSWORD, SESSION, Browser, person, signed_in
from tests.together import at_once, heard

from servewell.apps.base import clock, direct, ids, live, timers
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions, jobs
from servewell.apps.people.errors import BadReason, NoSuchPerson, NoSuchReason
from servewell.apps.people.models import Presence, PresenceReason, SignIn, State

NOW = clock.now()
ME = "/api/v1/people/presence/me"
ALL = "/api/v1/people/presence"


def remembered(name):
    return [event.attributes for event in Event.objects.filter(activity=f"people.{name}").order_by("id")]


def lunch():
    return PresenceReason.objects.get(name_en="Lunch")


def be(user, state, reason=None):
    return actions.set_presence(user.principal(), user.id, state, reason and reason.id)


def fire():
    """Do what a worker does, which has loaded the room's jobs."""
    assert jobs.flag_overdue in timers._handlers.values()
    timers.run_due()


def test_it_works():
    """Online, then at lunch: since when, until when, and what the journal keeps."""
    user = person()
    browser = signed_in(user)
    assert browser("GET", ME).json() == {
        "presence": "offline",
        "reason": None,
        "since": None,
        "limit_at": None,
        "overdue_at": None,
    }
    with clock.frozen(NOW - timedelta(minutes=1)):
        assert browser("PUT", ME, {"presence": "online"}).json()["presence"] == "online"
    with clock.frozen(NOW):
        answer = browser("PUT", ME, {"presence": "away", "reason": str(lunch().id)}).json()
    row = Presence.objects.get(user=user)
    assert (answer["presence"], answer["reason"]) == ("away", str(lunch().id))
    assert (row.since, row.limit_at, row.overdue_at) == (NOW, NOW + timedelta(minutes=60), None)
    common = {"user": str(user.id), "cause": "chosen"}
    assert remembered("presence_changed") == [
        {**common, "before": "offline", "presence": "online", "reason": None},
        {**common, "before": "online", "presence": "away", "reason": str(lunch().id)},
    ]


def test_the_same_again_changes_nothing():
    """Neither its beginning nor its limit, and no event tells of it."""
    user = person()
    with clock.frozen(NOW):
        be(user, "away", lunch())
    with clock.frozen(NOW + timedelta(minutes=30)):
        be(user, "away", lunch())
    row = Presence.objects.get()
    assert (row.since, row.limit_at) == (NOW, NOW + timedelta(minutes=60))
    assert len(remembered("presence_changed")) == 1


def test_a_reason_goes_with_its_presence():
    """Nobody is online for lunch; nobody is at a lunch that does not exist, or is not offered any more."""
    user = person()
    with pytest.raises(BadReason) as refusal:
        be(user, "busy", lunch())
    assert "（离开）" in refusal.value.sentence("zh-Hans")
    with pytest.raises(BadReason):
        be(user, "online", lunch())
    with pytest.raises(NoSuchReason):
        actions.set_presence(user.principal(), user.id, "away", ids.new())
    actions.change_reason(SYSTEM, lunch().id, archived=True)
    with pytest.raises(NoSuchReason):
        be(user, "away", lunch())


def test_who_stays_too_long_is_flagged_and_stays_what_they_are(transactional_db):
    """Work must not be sent to an empty chair: the lead sees it, nobody is put online."""
    user = person()
    with clock.frozen(NOW):
        be(user, "away", lunch())
    with clock.frozen(NOW + timedelta(minutes=59)):
        fire()
        assert Presence.objects.get().overdue_at is None
    late = NOW + timedelta(minutes=60)
    with clock.frozen(late):
        fire()
        fire()
    row = Presence.objects.get()
    assert (row.state, row.overdue_at) == ("away", late)
    assert remembered("presence_overdue") == [{"user": str(user.id), "presence": "away", "reason": str(lunch().id)}]
    with clock.frozen(late):
        be(user, "online")
    assert Presence.objects.get().overdue_at is None


def test_who_came_back_in_time_is_not_flagged(transactional_db):
    """The timer goes with the reason; a second lunch has a limit of its own."""
    user = person()
    with clock.frozen(NOW):
        be(user, "away", lunch())
        first = Presence.objects.get().limit_at
        be(user, "online")
    with clock.frozen(NOW + timedelta(minutes=30)):
        be(user, "away", lunch())
    with clock.frozen(NOW + timedelta(minutes=61)):
        fire()
        assert actions.find_overdue(user.id, first) is False  # a timer that was on its way already
    assert remembered("presence_overdue") == []


def test_what_a_lead_chooses_for_somebody_is_no_sign_of_their_life():
    """Who went home an hour ago is not there again because they were set away."""
    lead, gone = person("lead", "manager"), person("gone")
    with clock.frozen(NOW):
        be(gone, "online")
    with clock.frozen(NOW + timedelta(minutes=4)):
        actions.set_presence(lead.principal(), gone.id, "away")
    assert Presence.objects.get().seen_at == NOW
    with clock.frozen(NOW + timedelta(minutes=6)):
        assert actions.lose_silent() == 1


def test_silence_takes_people_offline_but_not_those_who_show_life():
    """After the minutes of the setting, by whatever screen."""
    silent, alive = person("silent"), person("alive")
    with clock.frozen(NOW):
        be(silent, "online")
        be(alive, "busy")
    with clock.frozen(NOW + timedelta(minutes=4)):
        actions.show_sign_of_life(alive.id)
        assert actions.lose_silent() == 0
    with clock.frozen(NOW + timedelta(minutes=6)):
        assert actions.lose_silent() == 1
        assert actions.lose_silent() == 0
    states = dict(Presence.objects.values_list("user__username", "state"))
    assert states == {"silent": "offline", "alive": "busy"}
    assert remembered("presence_changed")[-1] | {"reason": None} == {
        "user": str(silent.id),
        "before": "online",
        "presence": "offline",
        "reason": None,
        "cause": "silent",
    }


def test_a_sign_of_life_is_written_at_most_twice_a_minute(django_assert_num_queries):
    """And never wakes somebody who is offline."""
    user = person()
    with clock.frozen(NOW):
        be(user, "online")
    with clock.frozen(NOW + timedelta(seconds=20)), django_assert_num_queries(1):
        actions.show_sign_of_life(user.id)
    assert Presence.objects.get().seen_at == NOW
    be(user, "offline")
    with clock.frozen(NOW + timedelta(hours=1)):
        actions.show_sign_of_life(user.id)
    assert Presence.objects.get().state == "offline"
    assert Presence.objects.get().seen_at < NOW + timedelta(minutes=59)


def test_the_last_sign_out_is_going_offline():
    """Whoever is still signed in elsewhere stays what they are."""
    user = person()
    here, there = Browser(), Browser()
    for browser in (here, there):
        assert browser("POST", LOGIN, {"username": "lin", "password": PASSWORD}).status_code == 200
    here("PUT", ME, {"presence": "online"})
    here("DELETE", SESSION)
    assert Presence.objects.get().state == "online"
    there("DELETE", SESSION)
    assert Presence.objects.get().state == "offline"
    assert remembered("presence_changed")[-1]["cause"] == "sign_out"
    assert list(SignIn.objects.filter(user=user).values_list("ended_by", flat=True)) == ["sign_out"] * 2


def test_who_is_shut_out_is_offline_and_stays_so():
    user = person()
    be(user, "online")
    actions.deactivate(SYSTEM, user.id)
    assert (Presence.objects.get().state, remembered("presence_changed")[-1]["cause"]) == ("offline", "shut_out")
    with pytest.raises(NoSuchPerson):
        be(user, "online")


def test_one_sees_ones_own_teams_and_a_manager_everybody():
    """By user name; who was shut out is not listed."""
    day, night = (actions.create_team(SYSTEM, name) for name in ("Day", "Night"))
    lin = person("lin", teams=[day.id, night.id])
    person("wang", "lead", teams=[day.id, night.id])
    person("zhao", teams=[night.id])
    person("chen")
    be(lin, "busy")
    gone = person("gone", teams=[day.id])
    actions.deactivate(SYSTEM, gone.id)
    seen = signed_in(lin)("GET", ALL).json()["items"]
    assert [(one["username"], one["presence"]) for one in seen] == [
        ("lin", "busy"),
        ("wang", "offline"),
        ("zhao", "offline"),
    ]
    boss = signed_in(person("boss", "manager"))
    assert [one["username"] for one in boss("GET", ALL).json()["items"]] == ["boss", "chen", "lin", "wang", "zhao"]
    by_day = boss("GET", f"{ALL}?team={day.id}").json()["items"]
    assert [one["username"] for one in by_day] == ["lin", "wang"]


def test_a_roster_costs_the_same_however_long_it_is(django_assert_num_queries):
    """Three reads for a page, besides those that say who asks."""
    team = actions.create_team(SYSTEM, "Day")
    boss = signed_in(person("boss", "manager"))
    for number in range(12):
        be(person(f"p{number:02}", teams=[team.id]), "online")
    with django_assert_num_queries(5):  # session, user, teams of who asks; people with presence, their teams
        boss("GET", ALL)


def test_pages_of_a_roster_do_not_overlap():
    boss = signed_in(person("boss", "manager"))
    for number in range(205):
        person(f"p{number:03}")
    first = boss("GET", ALL).json()
    second = boss("GET", f"{ALL}?cursor={first['next']}").json()
    names = [one["username"] for one in first["items"] + second["items"]]
    assert (len(first["items"]), len(names), len(set(names)), second["next"]) == (200, 206, 206, None)


def test_a_lead_sets_somebody_of_the_team_away_or_offline_only():
    """Nobody is put to work from afar; nobody of another team is touched."""
    day = actions.create_team(SYSTEM, "Day")
    lead = person("wang", "lead", teams=[day.id])
    lin, stranger = person("lin", teams=[day.id]), person("zhao")
    be(lin, "online")
    browser = signed_in(lead)
    path = "/api/v1/people/users/{}/presence"
    refused = browser("PUT", path.format(lin.id), {"presence": "online"})
    assert (refused.status_code, refused.json()["type"]) == (422, "/errors/people-bad-presence")
    assert browser("PUT", path.format(stranger.id), {"presence": "offline"}).status_code == 404
    assert browser("PUT", path.format(lin.id), {"presence": "offline"}).json()["presence"] == "offline"
    event = Event.objects.filter(activity="people.presence_changed").latest("id")
    assert (event.actor, event.attributes["user"]) == (lead.id, str(lin.id))


def test_reasons_are_the_administrators():
    """Both languages, limits, order; what is archived is listed as such, and who has it keeps it."""
    boss = signed_in(person("boss", "administrator"))
    path = "/api/v1/people/presence-reasons"
    offered = [(one["name_zh"], one["name_en"], one["limit_minutes"]) for one in boss("GET", path).json()]
    assert offered == [
        ("话后处理", "After-call work", 5),
        ("会议", "Meeting", 60),
        ("培训", "Training", None),
        ("小休", "Break", 15),
        ("午餐", "Lunch", 60),
    ]
    tea = {"presence": "away", "name_zh": " 茶歇 ", "name_en": "Tea", "limit_minutes": 10, "position": 9}
    made = boss("POST", path, tea).json()
    assert (made["name_zh"], made["archived"]) == ("茶歇", False)
    changed = boss("PATCH", f"{path}/{made['id']}", {"limit_minutes": None, "archived": True}).json()
    assert (changed["limit_minutes"], changed["archived"]) == (None, True)
    assert boss("PATCH", f"{path}/{made['id']}", {"archived": True}).status_code == 200
    assert remembered("reason_changed") == [{"reason": made["id"], "fields": ["archived", "limit_minutes"]}]
    assert boss("POST", path, {**tea, "name_en": " "}).status_code == 422
    assert boss("POST", path, {**tea, "name_en": "x" * 41}).status_code == 422
    assert boss("POST", path, {**tea, "limit_minutes": 0}).status_code == 422


def test_many_at_once_leave_one_history(transactional_db):
    """Sixteen screens of one person: the events chain, each begins where the one before ended."""
    user = person()
    states = [state for state, _ in zip(list(State) * 4, range(16), strict=False)]
    given = at_once(16, lambda number: be(user, states[number]))
    assert not [one for one in given if isinstance(one, Exception)]
    chain = remembered("presence_changed")
    assert [one["before"] for one in chain] == ["offline", *[one["presence"] for one in chain[:-1]]]
    assert chain[-1]["presence"] == Presence.objects.get().state
    assert all(one["before"] != one["presence"] for one in chain)


def test_open_screens_hear_of_it_with_the_teams_that_may(transactional_db):
    """Ids and codes, when it is committed."""
    team = actions.create_team(SYSTEM, "Day")
    user = person(teams=[team.id])
    with direct.connect() as listener:
        listener.execute(f"listen {live.CHANNEL}")
        with clock.frozen(NOW):
            be(user, "away", lunch())
        (word,) = [one for one in heard(listener, live.CHANNEL) if one.get("event") == "presence"]
    assert {key: word["data"][key] for key in ("user", "presence", "reason", "overdue", "teams", "owner")} == {
        "user": str(user.id),
        "presence": "away",
        "reason": str(lunch().id),
        "overdue": False,
        "teams": [str(team.id)],
        "owner": str(user.id),
    }

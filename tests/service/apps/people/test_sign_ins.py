"""Own sign-ins: what is kept and shown of them, how they are ended, and when somebody is warned."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from tests.service.apps.people.helpers import PASSWORD, Browser, person, signed_in

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions, jobs
from servewell.apps.people.models import Alert, SignIn

NOW = clock.now()
MINE = "/api/v1/session/sign-ins"
ALERTS = "/api/v1/session/alerts"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.fixture(autouse=True)
def _no_attempts(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def browser(agent=EDGE, address="203.0.113.77", at=None, name="lin"):
    """Return somebody signed in with a browser from an address."""
    made = Browser(**{"User-Agent": agent})
    made.client.defaults["REMOTE_ADDR"] = address
    with clock.frozen(at or clock.now()):
        assert made.sign_in(name).status_code == 200
    return made


def remembered(name):
    return [event.attributes for event in Event.objects.filter(activity=f"people.{name}").order_by("id")]


def reasons():
    return [alert.reasons for alert in Alert.objects.order_by("at", "id")]


def test_it_works():
    """When, from which network, with which browser, in words; one's own session is marked."""
    person(language="en")
    here = browser(at=NOW)
    browser(PHONE, "2001:db8:1:2::9", at=NOW + timedelta(minutes=1))
    phone, edge = here("GET", MINE).json()["items"]
    assert (edge["browser"], edge["system"], edge["address"]) == ("Edge", "Windows", "203.0.113.*")
    assert (phone["browser"], phone["system"], phone["address"]) == ("WeChat", "Android", "2001:db8:1:*")
    assert [(one["current"], one["live"]) for one in (edge, phone)] == [(True, True), (False, True)]
    assert (edge["second_factor"], edge["ended_at"], edge["ended_by"]) == (False, None, "")


def test_the_whole_address_is_shown_nowhere():
    """Nor kept in the journal."""
    person()
    here = browser(address="203.0.113.77")
    assert "203.0.113.77" not in here("GET", MINE).content.decode()
    assert "203.0.113" not in str(list(Event.objects.values()))
    assert SignIn.objects.get().address == "203.0.113.77"


def test_words_are_in_the_persons_language():
    person(language="zh-Hans")
    assert browser(PHONE)("GET", MINE).json()["items"][0]["browser"] == "微信"


def test_one_session_is_ended_from_another():
    """It opens nothing from its next request on."""
    user = person()
    here, there = browser(), browser(PHONE)
    other = next(one for one in here("GET", MINE).json()["items"] if not one["current"])
    assert here("DELETE", f"{MINE}/{other['id']}").status_code == 204
    assert there("GET", "/api/v1/session").status_code == 401
    assert here("GET", "/api/v1/session").status_code == 200
    shown = next(one for one in here("GET", MINE).json()["items"] if one["id"] == other["id"])
    assert (shown["live"], shown["ended_by"]) == (False, "other")
    assert remembered("session_ended") == [{"sign_in": other["id"]}]
    assert here("DELETE", f"{MINE}/{other['id']}").status_code == 204  # once more ends nothing more
    assert len(remembered("session_ended")) == 1
    assert Event.objects.get(activity="people.session_ended").actor == user.id


def test_all_others_are_ended_at_once():
    person()
    person("wang")
    here, *others = browser(), browser(PHONE), browser(PHONE)
    stranger = browser(name="wang")
    assert here("DELETE", MINE).json() == {"ended": 2}
    assert [one("GET", "/api/v1/session").status_code for one in others] == [401, 401]
    assert [one("GET", "/api/v1/session").status_code for one in (here, stranger)] == [200, 200]
    assert here("DELETE", MINE).json() == {"ended": 0}


def test_another_persons_sign_in_is_not_there():
    """Nor their alerts."""
    person()
    wang = person("wang")
    here = browser()
    browser(name="wang")
    theirs = SignIn.objects.get(user=wang)
    alert = Alert.objects.create(user=wang, at=NOW, reasons=["locked"])
    assert here("DELETE", f"{MINE}/{theirs.id}").json()["type"] == "/errors/people-no-such-sign-in"
    assert here("POST", f"{ALERTS}/{alert.id}/dismiss").json()["type"] == "/errors/people-no-such-alert"
    assert theirs.id not in {one["id"] for one in here("GET", MINE).json()["items"]}


def test_a_new_password_ends_the_others_and_this_one_goes_on():
    """Its row follows the session to its new key."""
    person()
    here, there = browser(), browser(PHONE)
    change = {"current": PASSWORD, "new": "a-better-one-77"}
    assert here("POST", "/api/v1/session/password", change).status_code == 204
    assert there("GET", "/api/v1/session").status_code == 401
    shown = here("GET", MINE).json()["items"]
    assert sorted((one["current"], one["live"], one["ended_by"]) for one in shown) == [
        (False, False, "password"),
        (True, True, ""),
    ]


def test_an_administrators_new_password_ends_all():
    user = person()
    here = browser()
    actions.change_password(SYSTEM, user.id, "a-better-one-77")
    assert here("GET", "/api/v1/session").status_code == 401
    assert SignIn.objects.get().ended_by == "password"


def test_the_first_sign_in_is_no_surprise():
    person()
    browser()
    assert reasons() == []


def test_a_new_browser_or_network_is_told():
    """Once: then it is known. The same network with another address is the same network."""
    person(language="en")
    browser(at=NOW)
    browser(address="203.0.113.9", at=NOW + timedelta(minutes=1))
    assert reasons() == []
    browser(PHONE, at=NOW + timedelta(minutes=2))
    browser(address="198.51.100.1", at=NOW + timedelta(minutes=3))
    both = browser("curl/8", "192.0.2.1", at=NOW + timedelta(minutes=4))
    browser(PHONE, "198.51.100.1", at=NOW + timedelta(minutes=5))
    assert reasons() == [["new_browser"], ["new_network"], ["new_browser", "new_network"]]
    newest = both("GET", ALERTS).json()[0]
    assert newest["sentence"] == (
        "Signed in with a browser that you have not used lately. "
        "Signed in from a network that you have not used lately."
    )
    assert [event["reasons"] for event in remembered("alert_raised")] == reasons()


def test_what_was_not_seen_for_ninety_days_is_new_again():
    person()
    browser(at=NOW - timedelta(days=91))
    browser(PHONE, at=NOW - timedelta(days=89))
    browser(at=NOW)
    assert reasons()[-1] == ["new_browser"]


def test_three_wrong_tries_before_are_told_two_are_slips():
    person()
    for _ in range(2):
        Browser().sign_in(password="wrong")
    browser()
    assert reasons() == []
    for _ in range(3):
        Browser().sign_in(password="wrong")
    browser()
    assert [(alert.reasons, alert.failures) for alert in Alert.objects.all()] == [(["after_failures"], 3)]


def test_wrong_tries_by_another_name_of_the_person_are_told_too():
    person(email="lin@x.org")
    for _ in range(4):
        Browser().sign_in("lin@x.org", "wrong")
    browser()
    assert Alert.objects.get().failures == 4


def test_an_alert_is_put_away():
    """The session says how many there are."""
    user = person()
    Alert.objects.create(user=user, at=NOW, reasons=["locked"], failures=10)
    here = signed_in(user)
    assert here("GET", "/api/v1/session").json()["alerts"] == 1
    (alert,) = here("GET", ALERTS).json()
    for _ in range(2):
        assert here("POST", f"{ALERTS}/{alert['id']}/dismiss").status_code == 204
    assert here("GET", ALERTS).json() == []
    assert here("GET", "/api/v1/session").json()["alerts"] == 0
    assert remembered("alert_dismissed") == [{"alert": alert["id"]}]


def test_pages_of_sign_ins_do_not_overlap():
    user = person()
    for number in range(45):
        at = NOW - timedelta(minutes=number // 2)  # two at the same moment
        SignIn.objects.create(user=user, session_key=str(number), at=at, seen_at=at)
    here, seen, cursor = signed_in(user), [], ""
    while cursor is not None:
        page = here("GET", f"{MINE}{cursor and f'?cursor={cursor}'}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert (len(seen), len(set(seen))) == (45, 45)


def test_who_had_their_password_set_by_somebody_else_is_told():
    """Not who changed it themselves."""
    boss, lin = person("wang", "administrator"), person()
    actions.change_password(boss.principal(), lin.id, "another-horse-9")
    actions.change_password(boss.principal(), boss.id, "another-horse-9")
    lin.refresh_from_db()
    (alert,) = signed_in(lin)("GET", "/api/v1/session/alerts").json()
    assert alert["reasons"] == ["password_set"]
    assert alert["sentence"].startswith("有人为您设置了新密码")
    assert not boss.alerts.exists()


def test_what_ran_out_is_closed_and_what_is_old_is_removed():
    """Live sessions stay however old their sign-in is."""
    user = person()
    with clock.frozen(NOW - timedelta(days=200)):
        browser(at=NOW - timedelta(days=200))
        browser(PHONE, at=NOW - timedelta(days=200))
    ran_out, live = SignIn.objects.order_by("id")
    Session.objects.filter(session_key=ran_out.session_key).update(expire_date=NOW - timedelta(days=1))
    Session.objects.filter(session_key=live.session_key).update(expire_date=NOW + timedelta(days=1))
    Alert.objects.create(user=user, at=NOW - timedelta(days=181), reasons=["locked"])
    with clock.frozen(NOW):
        jobs.tidy()
    assert list(SignIn.objects.values_list("id", "ended_at")) == [(live.id, None)]
    assert not Alert.objects.exists()


def test_a_session_that_ran_out_says_so_before_it_is_removed():
    person()
    browser(at=NOW)
    Session.objects.update(expire_date=NOW)
    with clock.frozen(NOW + timedelta(minutes=1)):
        jobs.tidy()
    assert SignIn.objects.get().ended_by == "expired"


@pytest.mark.parametrize("address", ["", "unknown", "not an address"])
def test_an_address_that_is_none_is_kept_as_none(address):
    """A unix socket has none."""
    person()
    made = Browser()
    made.client.defaults["REMOTE_ADDR"] = address
    assert made.sign_in().status_code in (200, 403)

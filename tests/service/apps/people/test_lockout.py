"""The lock after wrong tries: how many, how long, for whom, and that it tells nothing."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from tests.service.apps.people.helpers import CODE, PASSWORD, PROVE, TOTP, Browser, code, person, signed_in
from tests.together import at_once

from servewell.apps.base import clock, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions, lockout
from servewell.apps.people.models import Alert, Try
from servewell.site.cli import createadmin

NOW = clock.now()


@pytest.fixture(autouse=True)
def _no_attempts(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = False  # those by address are the sign-in library's


def fail(times, name="lin", **headers):
    return [Browser(**headers).sign_in(name, "wrong") for _ in range(times)]


def code_of(answer):
    return answer.json()["errors"][0]["code"]


def remembered(name):
    return [event.attributes for event in Event.objects.filter(activity=f"people.{name}").order_by("id")]


def test_it_works():
    """Ten wrong passwords, then not even the right one, until the minutes are over."""
    user = person()
    with clock.frozen(NOW):
        assert {code_of(answer) for answer in fail(10)} == {"username_password_mismatch"}
        refused = Browser().sign_in()
    assert (refused.status_code, code_of(refused)) == (400, "locked")
    assert refused.json()["errors"][0]["message"] == (
        "Too many wrong tries. Wait about 15 min, then try again; an administrator can let you in sooner."
    )
    with clock.frozen(NOW + timedelta(minutes=14, seconds=59)):
        assert code_of(Browser().sign_in()) == "locked"
    with clock.frozen(NOW + timedelta(minutes=15)):
        assert Browser().sign_in().status_code == 200
    assert remembered("locked") == [{"user": str(user.id)}]


def test_a_name_that_nobody_has_is_locked_alike():
    """Whoever guesses names learns nothing: same tries, same answer, and nothing is told to anybody."""
    person()
    answers = {name: [(a.status_code, a.json()) for a in fail(11, name)] for name in ("lin", "nobody", "no@body.org")}
    lin, nobody, address = answers.values()
    assert lin == nobody
    assert [status for status, _ in address] == [status for status, _ in lin]
    assert address[-1] == lin[-1]
    assert len(remembered("locked")) == Alert.objects.count() == 1


def test_a_name_counts_in_any_case_and_however_it_is_typed():
    person()
    for name in ("lin", "LIN", " Lin ", "ｌｉｎ"):
        fail(3, name)
    assert code_of(Browser().sign_in()) == "locked"


def test_names_are_apart():
    """One person's lock is nobody else's."""
    person()
    person("wang")
    fail(11)
    assert Browser().sign_in("wang").status_code == 200


def test_the_right_password_forgets_the_wrong_ones():
    """Nine slips and a success are nine slips."""
    person()
    for _ in range(2):
        fail(9)
        assert Browser().sign_in().status_code == 200
    assert not Try.objects.exists()


def test_old_tries_do_not_add_up():
    """What lies before the window does not count; the warning at the next sign-in still names it."""
    user = person()
    with clock.frozen(NOW):
        fail(9)
    with clock.frozen(NOW + timedelta(minutes=31)):
        fail(9)
        assert Browser().sign_in().status_code == 200
    (alert,) = Alert.objects.filter(user=user)
    assert (alert.reasons, alert.failures) == (["after_failures"], 18)


def test_a_lock_that_is_over_begins_anew():
    """Not with the next slip."""
    person()
    with clock.frozen(NOW):
        fail(10)
    with clock.frozen(NOW + timedelta(minutes=16)):
        fail(9)
        assert Browser().sign_in().status_code == 200


def test_how_many_and_how_long_are_settings():
    person()
    settings.put(SYSTEM, "people.lock_tries", 3)
    settings.put(SYSTEM, "people.lock_minutes", 60)
    with clock.frozen(NOW):
        fail(3)
        assert "60 min" in Browser().sign_in().json()["errors"][0]["message"]


def test_the_sentence_speaks_the_language_of_the_browser():
    person()
    fail(10)
    refused = Browser(**{"Accept-Language": "zh-CN"}).sign_in()
    assert refused.json()["errors"][0]["message"].startswith("错误次数过多。请等待约 15 分钟再试")


def test_the_person_is_told():
    """When they are in again."""
    person(language="en")
    with clock.frozen(NOW):
        fail(10)
    browser = Browser()
    with clock.frozen(NOW + timedelta(minutes=16)):
        browser.sign_in()
        said = [alert["sentence"] for alert in browser("GET", "/api/v1/session/alerts").json()]
    assert "Before this sign-in, 10 wrong passwords or codes were tried." in said
    assert "Your account was locked for a while after 10 wrong tries." in said


def test_an_administrator_lets_them_in_sooner():
    """By name and by address; the journal says who did it. Who was not locked is no news."""
    user = person(email="lin@x.org")
    boss = person("wang", "administrator")
    browser = signed_in(boss)
    path = f"/api/v1/people/users/{user.id}/unlock"
    assert browser("POST", path).status_code == 204
    assert remembered("unlocked") == []
    fail(10)
    fail(10, "lin@x.org")
    listed = browser("GET", "/api/v1/people/users?q=lin").json()["items"]
    assert listed[0]["locked_until"] is not None
    assert browser("POST", path).status_code == 204
    assert browser("GET", "/api/v1/people/users?q=lin").json()["items"][0]["locked_until"] is None
    assert Browser().sign_in().status_code == 200
    event = Event.objects.get(activity="people.unlocked")
    assert (event.actor, event.attributes) == (boss.id, {"user": str(user.id)})


def with_second_factor():
    browser = Browser()
    browser.sign_in()
    browser("POST", PROVE, {"password": PASSWORD})
    secret = browser("GET", TOTP).json()["meta"]["secret"]
    assert browser("POST", TOTP, {"code": code(secret)}).status_code == 200
    return secret


def test_wrong_codes_count_too():
    """Who has the password guesses ten codes, no more; then the password alone is refused as well."""
    user = person()
    secret = with_second_factor()
    thief = Browser()
    thief.sign_in()
    with clock.frozen(NOW):
        tried = [code_of(thief("POST", CODE, {"code": "000000"})) for _ in range(10)]
        assert set(tried) == {"incorrect_code"}
        assert code_of(thief("POST", CODE, {"code": code(secret)})) == "locked"
        assert code_of(Browser().sign_in()) == "locked"
        assert code_of(Browser().sign_in(password="wrong")) == "username_password_mismatch"  # tells a stranger nothing
    assert remembered("locked") == [{"user": str(user.id)}]


def test_a_right_code_forgets_the_wrong_ones_and_names_them():
    user = person()
    secret = with_second_factor()
    cache.clear()  # of codes that were used
    browser = Browser()
    browser.sign_in()
    for _ in range(4):
        browser("POST", CODE, {"code": "000000"})
    assert browser("POST", CODE, {"code": code(secret)}).status_code == 200
    assert not Try.objects.exists()
    assert [alert.failures for alert in Alert.objects.filter(user=user)] == [4]


def test_proving_oneself_again_counts_too():
    """A session that was left open is no place to guess in."""
    person()
    browser = Browser()
    browser.sign_in()
    tried = [code_of(browser("POST", PROVE, {"password": "wrong"})) for _ in range(10)]
    assert set(tried) == {"incorrect_password"}
    assert code_of(browser("POST", PROVE, {"password": PASSWORD})) == "locked"


def test_sixteen_at_once_look_at_no_more_passwords_than_the_limit(transactional_db):
    """Each try is counted before the password is looked at, so none slips by while another is still being looked at."""
    person()
    settings.put(SYSTEM, "people.lock_tries", 5)
    given = at_once(16, lambda number: code_of(Browser().sign_in(password="wrong")))
    assert sorted(given) == ["locked"] * 11 + ["username_password_mismatch"] * 5
    assert len(remembered("sign_in_failed")) == 5
    assert len(remembered("locked")) == Alert.objects.count() == 1


def test_sixteen_counters_at_once_lose_none(transactional_db):
    taken = at_once(16, lambda number: lockout.take("k"))
    assert sum(one.allowed for one in taken) == 10
    assert [one.is_last for one in taken].count(True) == 1
    assert sorted(one.failures for one in taken if one.allowed) == list(range(10))


def test_what_was_typed_is_not_kept():
    """It may be a password in the wrong field."""
    fail(1, "my secret password")
    (row,) = Try.objects.values()
    assert "secret" not in str(row)
    assert len(row["key"]) == 64


def test_names_that_nobody_tried_for_a_week_are_forgotten():
    with clock.frozen(NOW):
        fail(1)
    with clock.frozen(NOW + timedelta(days=6)):
        assert lockout.forget_old() == 0
    with clock.frozen(NOW + timedelta(days=8)):
        assert lockout.forget_old() == 1


def test_unlocking_is_quiet_where_nothing_was_locked():
    user = person()
    assert actions.unlock(SYSTEM, user.id) is False


def test_the_command_line_lets_the_last_administrator_in_again():
    """Nobody else could unlock them: `servewell createadmin --reset` does."""
    person("wang", "administrator")
    fail(10, "wang")
    createadmin._reset("wang", "a-better-one-77")
    assert Browser().sign_in("wang", "a-better-one-77").status_code == 200

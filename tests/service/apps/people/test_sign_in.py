"""How people come in: password, second factor, limits, and what the journal remembers of it."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import override_settings
from tests.service.apps.people.helpers import (
    CODE,
    PASSWORD,
    PROVE,
    RECOVERY,
    SESSION,
    TOTP,
    Browser,
    code,
    person,
    signed_in,
)

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.journal.models import Event
from servewell.apps.people import actions, permissions

ME = "/api/v1/session"


@pytest.fixture(autouse=True)
def _no_attempts():
    cache.clear()


def remembered(name):
    return list(Event.objects.filter(activity=f"people.{name}").order_by("id"))


def with_second_factor(browser):
    """Set up an authenticator app; return its secret."""
    assert browser("POST", PROVE, {"password": PASSWORD}).status_code == 200
    secret = browser("GET", TOTP).json()["meta"]["secret"]
    assert browser("POST", TOTP, {"code": code(secret)}).status_code == 200
    return secret


def test_it_works():
    """Signed out, in, and out again; the session says who it is."""
    user = person(name="林")
    browser = Browser()
    assert browser("GET", "/api/v1/session").status_code == 401
    assert browser.sign_in().status_code == 200
    body = browser("GET", "/api/v1/session").json()
    assert (body["user"]["id"], body["user"]["name"], body["may"]) == (
        str(user.id),
        "林",
        permissions.verbs_of(user.principal()),
    )
    assert browser("DELETE", SESSION).status_code == 401  # allauth's way of saying: signed out
    assert browser("GET", "/api/v1/session").status_code == 401
    assert [event.actor for event in remembered("signed_in") + remembered("signed_out")] == [user.id, user.id]


def test_the_user_name_is_known_in_any_case_and_so_is_the_address():
    """People do not remember which letters they wrote large."""
    person("Lin", email="Lin@example.org")
    for name in ("lin", "LIN", "lin@EXAMPLE.org"):
        assert Browser().sign_in(name).status_code == 200


def test_a_wrong_password_is_remembered_without_the_name_that_was_typed():
    """What was typed may be a password in the wrong field."""
    user = person()
    assert Browser().sign_in(password="wrong").status_code == 400
    assert Browser().sign_in("nobody", "wrong").status_code == 400
    first, second = remembered("sign_in_failed")
    assert first.attributes == {"step": "password", "user": str(user.id)}
    assert second.attributes == {"step": "password"}


def test_a_second_factor_is_asked_for():
    """Password alone does not open; a code does, once."""
    user = person()
    secret = with_second_factor(signed_in_with_password())
    fresh = Browser()
    pending = fresh.sign_in()
    assert pending.status_code == 401
    assert {"id": "mfa_authenticate", "is_pending": True}.items() <= pending.json()["data"]["flows"][-1].items()
    assert fresh("GET", "/api/v1/session").status_code == 401
    assert fresh("POST", CODE, {"code": "000000"}).status_code == 400
    later = code(secret)
    assert fresh("POST", CODE, {"code": later}).status_code == 200
    assert fresh("GET", "/api/v1/session").json()["user"]["totp"] is True
    again = Browser()
    again.sign_in()
    assert again("POST", CODE, {"code": later}).status_code == 400  # a code that was seen over a shoulder is spent
    assert remembered("sign_in_failed")[0].attributes == {"step": "second_factor", "user": str(user.id)}
    assert remembered("signed_in")[-1].attributes == {"second_factor": "yes"}


def signed_in_with_password():
    browser = Browser()
    assert browser.sign_in().status_code == 200
    return browser


def test_a_second_factor_needs_the_password_again():
    """An unattended screen must not be able to lock its owner out."""
    person()
    browser = signed_in_with_password()
    secret = browser("GET", TOTP).json()["meta"]["secret"]
    refused = browser("POST", TOTP, {"code": code(secret)})
    assert refused.status_code == 401
    assert {"id": "reauthenticate"} in refused.json()["data"]["flows"]


def test_setting_up_shows_a_picture():
    """The QR code comes as SVG, drawn here."""
    person()
    offer = signed_in_with_password()("GET", TOTP).json()["meta"]
    assert offer["totp_svg"].startswith("<?xml")
    assert "<svg" in offer["totp_svg"]
    assert offer["totp_url"].startswith("otpauth://totp/lin?secret=")


def test_the_secret_lies_sealed():
    """A copy of the database does not sign in."""
    person()
    secret = with_second_factor(signed_in_with_password())
    assert secret not in str(Authenticator.objects.get(type="totp").data)


def test_recovery_codes_open_once():
    """For the day the telephone is lost."""
    person()
    browser = signed_in_with_password()
    with_second_factor(browser)
    spare = browser("GET", RECOVERY).json()["data"]["unused_codes"][0]
    for expected in (200, 400):
        fresh = Browser()
        fresh.sign_in()
        assert fresh("POST", CODE, {"code": spare}).status_code == expected


def test_switching_it_off_and_on_is_remembered():
    """With its recovery codes."""
    user = person()
    browser = signed_in_with_password()
    with_second_factor(browser)
    assert browser("DELETE", TOTP).status_code == 200
    kinds = [
        sorted(event.attributes["kind"] for event in remembered(f"second_factor_{way}"))
        for way in ("enabled", "disabled")
    ]
    assert kinds == [["recovery_codes", "totp"]] * 2
    assert {event.actor for event in remembered("second_factor_enabled")} == {user.id}


def test_an_administrator_resets_it():
    """For who lost both; the journal says who did it."""
    user, boss = person(), person("wang", "administrator")
    with_second_factor(signed_in_with_password())
    assert signed_in(boss)("DELETE", f"/api/v1/people/users/{user.id}/second-factor").status_code == 204
    assert Browser().sign_in().status_code == 200
    assert {event.actor for event in remembered("second_factor_disabled")} == {boss.id}


def test_nobody_signs_up_and_nothing_is_mailed():
    """Of allauth's addresses only those of this house exist."""
    browser = Browser()
    for path in (
        "auth/signup",
        "auth/password/request",
        "auth/email/verify",
        "account/email",
        "account/password/change",
    ):
        assert browser("POST", f"/_allauth/browser/v1/{path}", {}).status_code == 404, path


def test_a_deactivated_person_is_out_at_once():
    """Their open session and their keys open nothing from the next request on."""
    user = person()
    person("wang", "administrator")
    browser = signed_in_with_password()
    actions.deactivate(SYSTEM, user.id)
    assert browser("GET", "/api/v1/session").status_code == 401
    assert Browser().sign_in().status_code == 401
    assert Browser()("GET", "/api/v1/session").status_code == 401


def test_a_write_without_the_token_is_refused():
    """A foreign page can make a browser send the cookie, not the header."""
    browser = signed_in(person())
    refused = browser("PATCH", "/api/v1/session", {"theme": "dark"}, **{"X-CSRFToken": "x" * 32})
    assert (refused.status_code, refused.json()["type"]) == (403, "/errors/site-forged")
    refused = browser.client.post("/_allauth/browser/v1/auth/login", b"{}", content_type="application/json")
    assert refused.status_code == 403


def test_cookies_are_careful():
    """The session is out of reach of scripts; behind TLS both travel there only."""
    person()
    browser = signed_in_with_password()
    session, token = browser.client.cookies["sw_session"], browser.client.cookies["csrftoken"]
    assert (session["httponly"], session["samesite"], token["httponly"], token["samesite"]) == (True, "Lax", "", "Lax")
    with override_settings(SESSION_COOKIE_SECURE=True):
        browser = signed_in_with_password()
        assert browser.client.cookies["sw_session"]["secure"] is True


def test_one_changes_ones_own_language_theme_and_name():
    """And only those three; the answer speaks the new language at once."""
    browser = signed_in(person())
    body = browser("PATCH", "/api/v1/session", {"language": "en", "theme": "dark", "name": " Lin Yue "}).json()
    assert (body["user"]["language"], body["user"]["theme"], body["user"]["name"]) == ("en", "dark", "Lin Yue")
    browser("PATCH", "/api/v1/session", {"role": "administrator"})
    assert browser("GET", "/api/v1/session").json()["user"]["role"] == "agent"
    assert remembered("preferences_changed")[0].attributes == {"fields": ["language", "name", "theme"]}
    fields = browser("PATCH", "/api/v1/session", {"language": "fr"}).json()["fields"]
    assert [(field["name"], field["code"]) for field in fields] == [("language", "literal_error")]


def test_one_changes_ones_own_password():
    """This session stays, the other one of the same person ends."""
    user = person()
    here, there = signed_in_with_password(), signed_in_with_password()
    change = "/api/v1/session/password"
    assert (
        here("POST", change, {"current": "no", "new": "a-better-one-77"}).json()["type"]
        == "/errors/people-wrong-password"
    )
    weak = here("POST", change, {"current": PASSWORD, "new": "12345"})
    assert (weak.status_code, len(weak.json()["reasons"])) == (422, 3)
    assert here("POST", change, {"current": PASSWORD, "new": "a-better-one-77"}).status_code == 204
    assert here("GET", "/api/v1/session").status_code == 200
    assert there("GET", "/api/v1/session").status_code == 401
    assert [event.actor for event in remembered("password_changed")] == [user.id]


def test_the_demonstration_says_how_to_sign_in():
    """And a real installation does not."""
    assert "demo_hint" not in Browser()("GET", "/api/v1/session").json()
    with override_settings(DEMO=True):
        body = Browser()("GET", "/api/v1/session").json()
        assert body["demo_hint"] == {"username": "demo", "password": "servewell-demo"}
        assert body["installation"]["demo"] is True


def test_administration_asks_for_the_workspaces_sign_in():
    """Django's own form would not ask for the second factor."""
    answer = Browser().client.get("/admin/")
    assert answer.status_code == 302
    moved = Browser().client.get("/admin/login/")
    assert (moved.status_code, moved["Location"]) == (302, "/sign-in?next=/admin/")
    assert signed_in(person("li", "manager")).client.get("/admin/").status_code == 302
    assert signed_in(person("wang", "administrator")).client.get("/admin/people/user/").status_code == 200


def test_who_guesses_slowly_in_an_open_session_is_locked_out_of_it():
    """However few tries a minute: after so many, not even the right one counts, and the owner is told."""
    user = person()
    browser = signed_in(user)
    begun = clock.now()
    for number in range(10):
        with clock.frozen(begun + timedelta(minutes=2 * number)):
            tried = {"current": f"wrong {number}", "new": "another-horse-9"}
            assert browser("POST", f"{ME}/password", tried).status_code == 400
    right = {"current": PASSWORD, "new": "another-horse-9"}
    with clock.frozen(begun + timedelta(minutes=20)):
        stopped = browser("POST", f"{ME}/password", right)
        assert (stopped.status_code, stopped.json()["type"]) == (429, "/errors/people-locked")
        assert [alert.reasons for alert in user.alerts.all()] == [["locked"]]
    with clock.frozen(begun + timedelta(minutes=40)):
        assert browser("POST", f"{ME}/password", right).status_code == 204


def test_the_right_present_password_forgives_the_wrong_ones():
    user = person()
    browser = signed_in(user)
    begun, passwords = clock.now(), [PASSWORD, "another-horse-9"]
    for turn in range(4):
        with clock.frozen(begun + timedelta(minutes=2 * turn)):
            for _ in range(4):
                wrong = {"current": "wrong", "new": "third-horse-9"}
                assert browser("POST", f"{ME}/password", wrong).status_code == 400
            right = {"current": passwords[turn % 2], "new": passwords[1 - turn % 2]}
            assert browser("POST", f"{ME}/password", right).status_code == 204


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "again"}], ids=["plain", "with a key"])
def test_the_present_password_cannot_be_guessed_in_an_open_session(headers):
    """Ten tries a minute, then not even the right one; each failure is remembered, and none can be rolled back."""
    user = person()
    browser = signed_in(user)
    with clock.frozen(clock.now()):
        for number in range(10):
            tried = {"current": f"wrong {number}", "new": "another-horse-9"}
            assert browser("POST", f"{ME}/password", tried, **headers).status_code == 400
        stopped = browser("POST", f"{ME}/password", {"current": PASSWORD, "new": "another-horse-9"}, **headers)
    assert (stopped.status_code, stopped.json()["type"]) == (429, "/errors/people-too-many-tries")
    assert stopped["Retry-After"] == "6"
    failures = [event.attributes for event in remembered("sign_in_failed")]
    assert failures == [{"step": "password", "user": str(user.id)}] * 10

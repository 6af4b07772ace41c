"""Programs: what a key opens, for how long, and that only its digest is kept."""

from datetime import timedelta

import pytest
from tests.service.apps.people.helpers import PASSWORD, Browser, person, signed_in

from servewell.apps.base import clock
from servewell.apps.base.principal import SYSTEM
from servewell.apps.people import actions, keys
from servewell.apps.people.errors import BadScopes, KeyExpired
from servewell.apps.people.models import ApiKey, User


def make(maker, *scopes, expires_at=None):
    return actions.create_key(maker.principal(), "reports", scopes or ["people.manage"], expires_at)


def use(text, path="/api/v1/people/users"):
    return Browser()("GET", path, Authorization=f"Bearer {text}").status_code


def test_it_works():
    """A key opens what its scopes name, needs no cookie and no CSRF token, and its use is noted."""
    key, text = make(person("wang", "administrator"))
    assert text.startswith(f"sw_{key.prefix}_")
    assert use(text) == 200
    made = Browser()(
        "POST", "/api/v1/people/teams", {"name": "A"}, Authorization=f"Bearer {text}", **{"X-CSRFToken": ""}
    )
    assert made.status_code == 201
    assert ApiKey.objects.get().last_used_at is not None


def test_only_the_digest_is_kept():
    """A copy of the database opens nothing."""
    _, text = make(person("wang", "administrator"))
    stored = ApiKey.objects.values().get()
    assert text not in str(stored)
    assert keys.digest(text) == stored["digest"]


def test_a_key_is_limited_to_its_scopes():
    """And never has an account."""
    _, text = make(person("wang", "administrator"), "logs.read")
    assert use(text) == 403
    assert use(text, "/api/v1/session") == 403


def test_a_key_shrinks_with_its_maker():
    """Whoever is no longer an administrator has no administrator's keys; whoever left has none."""
    boss = person("wang", "administrator")
    person("li", "administrator")
    _, text = make(boss)
    actions.change_role(SYSTEM, boss.id, "agent")
    assert use(text) == 403
    actions.deactivate(SYSTEM, boss.id)
    assert use(text) == 401


def test_an_expired_or_revoked_key_opens_nothing():
    """From that moment on."""
    boss = person("wang", "administrator")
    soon = clock.now() + timedelta(minutes=5)
    _, text = make(boss, expires_at=soon)
    assert use(text) == 200
    with clock.frozen(soon):
        assert use(text) == 401
    key, text = make(boss)
    actions.revoke_key(SYSTEM, key.id)
    assert use(text) == 401


@pytest.mark.parametrize("text", ["", "sw_", "sw_aaaaaaaa_x", "bearer", "sw_a_b_c_d", "密钥"])
def test_anything_else_is_not_a_key(text):
    """However it looks."""
    assert keys.find(text) is None


def test_a_wrong_key_is_refused_even_beside_a_good_session():
    """A program must not act as whoever happens to be signed in."""
    assert signed_in(person())("GET", "/api/v1/session", Authorization="Bearer sw_aaaaaaaa_b").status_code == 401


def test_nobody_gives_away_what_they_do_not_have():
    """Nor an account, nor nothing, and no key makes another."""
    manager = person("li", "manager").principal()
    for scopes in (["people.manage"], ["account.manage"], ["nonsense"], []):
        with pytest.raises(BadScopes):
            actions.create_key(manager, "x", scopes, None)
    _, text = make(person("wang", "administrator"))
    asked = {"name": "y", "scopes": ["people.manage"]}
    assert Browser()("POST", "/api/v1/people/keys", asked, Authorization=f"Bearer {text}").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/users/{user}", {"password": "another-horse-9"}),
        ("PATCH", "/users/{user}", {"role": "administrator"}),
        ("DELETE", "/users/{user}/second-factor", None),
        ("POST", "/users", {"username": "mo", "role": "administrator"}),
        ("POST", "/users", {"username": "mo", "password": "another-horse-9"}),
        ("POST", "/keys", {"name": "y", "scopes": ["people.manage"]}),
    ],
)
def test_no_key_becomes_a_person(method, path, body):
    """Who finds one cannot sign in by it as somebody, nor make anybody mightier."""
    boss, lin = person("wang", "administrator"), person()
    _, text = make(boss)
    address = f"/api/v1/people{path.format(user=boss.id if method == 'PATCH' else lin.id)}"
    answer = Browser()(method, address, body, Authorization=f"Bearer {text}")
    assert (answer.status_code, answer.json()["type"]) == (403, "/errors/people-not-for-keys")
    assert User.objects.count() == 2
    assert User.objects.get(pk=boss.pk).check_password(PASSWORD)
    if body is None or "username" not in body:
        assert signed_in(boss)(method, address, body).status_code in (200, 201, 204)


def test_a_key_still_makes_agents_and_changes_names():
    """What opens nothing by itself."""
    _, text = make(person("wang", "administrator"))
    headers = {"Authorization": f"Bearer {text}"}
    made = Browser()("POST", "/api/v1/people/users", {"username": "mo"}, **headers)
    assert made.status_code == 201
    changed = Browser()("PATCH", f"/api/v1/people/users/{made.json()['id']}", {"name": "Mo"}, **headers)
    assert (changed.status_code, changed.json()["name"]) == (200, "Mo")


def test_a_key_is_told_that_its_permissions_do_not_suffice():
    """It has no role of its own to ask an administrator about."""
    _, text = make(person("wang", "administrator"), "logs.read")
    refused = Browser()("GET", "/api/v1/people/users", Authorization=f"Bearer {text}").json()
    assert refused["title"].startswith("This API key does not allow this (people.manage)")
    assert refused["type"] == "/errors/people-not-allowed"


@pytest.mark.parametrize("end", ["2999-01-01T00:00:00", "2999-01-01"])
def test_an_end_without_a_zone_is_refused(end):
    """Nobody knows when it is."""
    asked = {"name": "y", "scopes": ["logs.read"], "expires_at": end}
    assert signed_in(person("wang", "administrator"))("POST", "/api/v1/people/keys", asked).status_code == 422


def test_the_text_is_shown_once():
    """When it is made, and never in a list."""
    browser = signed_in(person("wang", "administrator"))
    made = browser("POST", "/api/v1/people/keys", {"name": "y", "scopes": ["logs.read"]})
    assert made.status_code == 201
    text = made.json()["text"]
    listed = browser("GET", "/api/v1/people/keys")
    assert text not in listed.content.decode()
    assert browser("DELETE", f"/api/v1/people/keys/{made.json()['id']}").status_code == 204
    assert browser("GET", "/api/v1/people/keys").json()[0]["revoked_at"] is not None


def test_a_key_that_would_open_nothing_is_not_made():
    """An end that has passed is a slip."""
    with pytest.raises(KeyExpired):
        make(person("wang", "administrator"), expires_at=clock.now())
    assert not ApiKey.objects.exists()


def test_a_key_may_hold_the_verbs_of_the_desk():
    """Of customers, conversations, presence, skills, hours and the access log."""
    boss = person("wang", "administrator")
    for verb, path in (
        ("presence.read", "presence"),
        ("skills.read", "skills"),
        ("access.read", "access-log"),
        ("presence.read", "teams"),
    ):
        _, text = make(boss, verb)
        assert use(text, f"/api/v1/people/{path}") == 200
    _, text = make(boss, "conversations.read")
    assert use(text, "/api/v1/people/access-log") == 403


def test_one_lists_ones_own_and_sees_which_open_anything():
    """Revoked and expired ones stay listed."""
    boss, other = person("wang", "administrator"), person("li", "administrator")
    soon = clock.now() + timedelta(minutes=5)
    mine, expiring = make(boss)[0], make(boss, expires_at=soon)[0]
    theirs = make(other)[0]
    actions.revoke_key(SYSTEM, mine.id)
    with clock.frozen(soon):
        browser = signed_in(boss)
        own = {one["id"]: one["valid"] for one in browser("GET", "/api/v1/people/keys?mine=true").json()}
        everyones = {one["id"]: one["valid"] for one in browser("GET", "/api/v1/people/keys").json()}
    assert own == {str(mine.id): False, str(expiring.id): False}
    assert everyones == own | {str(theirs.id): True}


def test_the_time_of_use_is_written_at_most_once_a_minute():
    """So that a busy program does not rewrite one row all the time."""
    now = clock.now()
    _, text = make(person("wang", "administrator"))
    times = []
    for seconds in (0, 30, 61):
        with clock.frozen(now + timedelta(seconds=seconds)):
            use(text)
        times.append(ApiKey.objects.get().last_used_at)
    assert times == [now, now, now + timedelta(seconds=61)]

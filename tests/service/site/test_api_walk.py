"""Who may call what? Every endpoint x every role x objects of one's own, of one's team and of others.

The tables stand in `endpoints/`, which also says how to add a line.
"""

import re

import pytest
from django.conf import settings as deployment
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve
from tests import build
from tests.service.apps.people.helpers import HANDLER, Browser
from tests.service.site.endpoints import ENDPOINTS, MAKERS, REFUSALS, WALKED, Endpoint, Made, Whose

from servewell.apps.people import actions, permissions
from servewell.apps.people.models import Role, Team, User
from servewell.site.api import api

CSRF = "x" * 32
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
OF_OBJECTS = [endpoint for endpoint in WALKED if endpoint.places]
REACHED = {  # sorts of objects -> scopes that reach them
    "own": {permissions.OWN, permissions.TEAM, permissions.ALL},
    "team": {permissions.TEAM, permissions.ALL},
    "foreign": {permissions.ALL},
}


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def cookies_of(user: User) -> dict[str, str]:
    """Return what a browser of a signed-in user holds, without asking the site for it."""
    session = SessionStore()
    session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: BACKEND})
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {deployment.SESSION_COOKIE_NAME: session.session_key, "csrftoken": CSRF}


def signed_in(user: User) -> Browser:
    """Return the browser of a signed-in user."""
    browser = Browser.__new__(Browser)
    browser.client = Client(headers={"Accept-Language": "en"})
    browser.client.handler = HANDLER
    browser.client.raise_request_exception = False
    browser.client.cookies.load(cookies_of(user))
    return browser


def each(endpoints: list[Endpoint]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("endpoint", endpoints, ids=lambda endpoint: endpoint.name)


def call(browser: Browser, endpoint: Endpoint, made: Made, **headers: str):
    path, body = endpoint.filled(made)
    if body == "a file":
        token = browser.client.cookies["csrftoken"].value if "csrftoken" in browser.client.cookies else ""
        file = SimpleUploadedFile("a.csv", b"not a log")
        return browser.client.post(path, {"file": file}, headers={"X-CSRFToken": token, **headers})
    return browser(endpoint.method, path, body, **headers)


def test_every_endpoint_is_in_a_table_once():
    """So that none escapes the walk; the address leads where the line says, and not to another one that looks alike."""
    described = {
        (method.upper(), path)
        for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method in methods
    }
    walked = [(endpoint.method, route(endpoint.filled({})[0])) for endpoint in ENDPOINTS]
    assert sorted(walked) == sorted(described)


def route(path: str) -> str:
    """Return the described path that an address leads to."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", resolve(path).route)


@each(WALKED)
def test_each_role_may_what_the_table_says(endpoint):
    """401 without a sign-in, 403 without the verb; otherwise neither, nor a fault of ours."""
    assert call(Browser(), endpoint, {}).status_code == 401
    for role in Role.values:
        answer = call(signed_in(build.person(f"a-{role}", role)), endpoint, {})
        held = [verb in permissions.TABLE[role] for verb in endpoint.verbs]
        if all(held):
            assert answer.status_code not in (401, 403), (role, answer.content)
            assert answer.status_code < 500, (role, answer.content)
        elif not (any(held) and answer.status_code == 404):  # who may look is told that nothing is there
            assert (answer.status_code, answer.json()["type"]) == (403, "/errors/people-not-allowed"), role


@each(OF_OBJECTS)
def test_each_role_reaches_just_the_objects_of_its_scope(endpoint):
    """Real objects, one's own, the team's and another team's; of several named, each once the foreign."""
    boss = build.person("boss", "administrator")
    away = Team.objects.create(name="away")
    other = build.person("other", "agent", away)
    for role in Role.values:
        home = Team.objects.create(name=f"home of {role}")
        user = build.person(f"a-{role}", role, home)
        mine, theirs = {"own": (user, None), "team": (None, home)}, Whose(other, away, boss)
        browser = signed_in(user)
        for sort, (owner, team) in mine.items():
            check(
                browser,
                endpoint,
                role,
                sort,
                made_for(endpoint, dict.fromkeys(endpoint.places, Whose(owner, team, boss))),
            )
        for place in endpoint.wholes:
            near = dict.fromkeys(endpoint.places, Whose(None, home, boss))
            check(browser, endpoint, role, "foreign", made_for(endpoint, {**near, place: theirs}))


def made_for(endpoint: Endpoint, whose: dict[str, Whose]) -> Made | None:
    """Make the objects of an endpoint, each for whom it is to belong; None where one cannot be of that sort."""
    made: Made = {}
    for place in endpoint.places:
        made[place] = MAKERS[place](whose[place], made)
    return None if None in made.values() else made


def check(browser: Browser, endpoint: Endpoint, role: str, sort: str, made: Made | None) -> None:
    if made is None:
        return
    answer = call(browser, endpoint, made)
    if answer.streaming:
        answer.getvalue()  # reading to the end closes the file
    refused = answer.status_code >= 400 and answer.json()["type"] in REFUSALS
    reached = endpoint.scope(role) in REACHED[sort]
    assert (refused, answer.status_code < 500) == (not reached, True), (role, sort, made, answer.content)


@each(WALKED)
def test_each_key_may_what_its_scope_says(endpoint):
    """A key with the verb gets in, one with all the others does not."""
    boss = build.person("wang", "administrator").principal()
    for scopes in (endpoint.verbs, [other for other in permissions.KEY_VERBS if other not in endpoint.verbs]):
        if not set(scopes) <= set(permissions.KEY_VERBS):
            continue  # an account is a person's
        _, text = actions.create_key(boss, "k", scopes, None)
        answer = call(Browser(), endpoint, {}, Authorization=f"Bearer {text}")
        if scopes == endpoint.verbs and endpoint.for_keys:
            assert answer.status_code not in (401, 403), answer.content
        else:
            assert answer.status_code == 403, (scopes, answer.content)

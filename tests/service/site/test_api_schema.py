"""Does the API answer as it is described, whatever is sent? schemathesis sends fitting and unfitting requests.

Every endpoint, as a person of each role and as a program; objects are made up or real (made by the tables of
`endpoints/`). Nothing may answer 5xx, nor otherwise than `docs/openapi.json` says. What an example changed is undone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests import build
from tests.build import rolled_back
from tests.service.site.endpoints import ENDPOINTS, MAKERS, Endpoint, Whose
from tests.service.site.test_api_walk import CSRF, cookies_of, route

from servewell.apps.base import settings as house
from servewell.apps.base.principal import SYSTEM
from servewell.apps.people import actions, permissions
from servewell.apps.people.models import Role, Team, User
from servewell.site.api import api
from servewell.site.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def _read_to_its_end(environ: Any, start_response: Any) -> list[bytes]:
    """Answer as our server does: what was opened for an answer is closed behind it."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def _described() -> Any:
    schema = from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    schema.app = _read_to_its_end
    return schema


SCHEMA = _described()
OPERATIONS = {(one.method.upper(), one.path): one for found in SCHEMA.get_all_operations() for one in [found.ok()]}
LINES = {(line.method, route(line.filled({})[0])): line for line in ENDPOINTS}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by what they are known."""

    name: str
    headers: dict[str, str]
    cookies: dict[str, str]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests of a real server close what they used; here all share the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def callers(settings: Any, tmp_path: Any, db: None) -> list[Caller]:
    """A person of each role, a program that may do everything, and nobody."""
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    house.put(SYSTEM, "people.key_requests_per_minute", 100_000)
    home = Team.objects.create(name="home")
    people = [_signed_in(role, home) for role in Role.values]
    boss = build.person("keeper", "administrator")
    _, text = actions.create_key(boss.principal(), "k", list(permissions.KEY_VERBS), None)
    return [*people, Caller("key", {"Authorization": f"Bearer {text}"}, {}), Caller("nobody", {}, {})]


def _signed_in(role: str, home: Team) -> Caller:
    return Caller(role, {"X-CSRFToken": CSRF}, cookies_of(build.person(f"a-{role}", role, home)))


def examples(count: int) -> Any:
    """The same ones each time; nothing is kept between runs."""
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("which", OPERATIONS, ids=" ".join)
def test_every_answer_is_one_that_is_described(which: tuple[str, str], callers: list[Caller]) -> None:
    """A few examples each."""
    hold(which, callers, examples(6))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("which", OPERATIONS, ids=" ".join)
def test_every_answer_is_one_that_is_described_at_length(which: tuple[str, str], callers: list[Caller]) -> None:
    """Many examples each."""
    hold(which, callers, examples(300))


def hold(which: tuple[str, str], callers: list[Caller], how: Any) -> None:
    """Send what schemathesis thinks of, and check each answer."""
    made = _real_objects(LINES[which])
    modes = [OPERATIONS[which].as_strategy(generation_mode=mode) for mode in GenerationMode]

    @how
    @given(case=st.one_of(modes), caller=st.sampled_from(callers), real=st.booleans())
    def inner(case: Any, caller: Caller, real: bool) -> None:
        if real:
            case.path_parameters.update(made)
        with rolled_back():
            answer = case.call(headers=caller.headers, cookies=caller.cookies)
        case.validate_response(answer, checks=CHECKS)

    inner()


def _real_objects(line: Endpoint) -> dict[str, str]:
    """Return path parameter -> id of a real object of the callers' team."""
    whose = Whose(None, Team.objects.get(name="home"), User.objects.get(username="keeper"))
    made: dict[str, Any] = {}
    for place in line.places:
        made[place] = MAKERS[place](whose, made)
    described = [part[1:-1] for part in route(line.filled({})[0]).split("/") if part.startswith("{")]
    in_path = [part[1:-1] for part in line.path.split("/") if part.startswith("{")]
    return {name: str(made[place]) for name, place in zip(described, in_path, strict=False)}


def test_it_works(callers: list[Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is described is asked for; a fault of ours is found, and so is an answer nobody described."""
    assert OPERATIONS.keys() == LINES.keys()
    monkeypatch.setattr("servewell.apps.insight.queries.logs", lambda principal: 1 / 0)
    with pytest.raises(FailureGroup, match="Server error"):
        hold(("GET", "/api/v1/insight/logs"), callers, examples(8))
    monkeypatch.setattr("servewell.apps.insight.queries.logs", lambda principal: [])
    monkeypatch.setattr("servewell.site.middleware._as_problem", lambda request, response: HttpResponse("[]"))
    with pytest.raises(FailureGroup, match="Undocumented Content-Type"):
        hold(("GET", "/api/v1/insight/logs"), callers, examples(8))

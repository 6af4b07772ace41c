"""The rules of the reception over HTTP: made, put in order, tried, refused in words."""

from typing import Any

import pytest
from tests import build
from tests.service.apps.people.helpers import Browser, person, signed_in

from servewell.apps.people.models import Team

RULES = "/api/v1/flows/reception/rules"
ORDER, TRY = "/api/v1/flows/reception/order", "/api/v1/flows/reception/try"


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss(db: None) -> Browser:
    return signed_in(person("boss", "manager"))


def made(browser: Browser, **body: Any) -> dict[str, Any]:
    answer = browser("POST", RULES, {"name": "Refunds", **body})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_it_works(boss: Browser) -> None:
    """A rule is made, listed, changed, tried and removed."""
    team = build.team()
    rule = made(boss, conditions={"words": ["退款"]}, team=str(team.id), priority="high")
    assert rule["team"] == {"id": str(team.id), "name": "Front desk", "archived": False}
    assert rule["conditions"]["words"] == ["退款"]
    assert (rule["priority"], rule["overrides"], rule["version"]) == ("high", False, 1)
    changed = boss("PATCH", f"{RULES}/{rule['id']}", {"name": "退款", "priority": None, "version": 1}).json()
    assert (changed["name"], changed["priority"], changed["version"]) == ("退款", None, 2)
    assert changed["conditions"] == rule["conditions"]
    assert [one["id"] for one in boss("GET", RULES).json()["items"]] == [rule["id"]]
    tried = boss("POST", TRY, {"channel": "email", "subject": "我要退款"}).json()
    assert (tried["rule"], tried["team"]) == (rule["id"], str(team.id))
    assert boss("DELETE", f"{RULES}/{rule['id']}").status_code == 204
    assert boss("GET", f"{RULES}/{rule['id']}").json()["type"] == "/errors/flows-no-such-rule"


def test_what_a_trial_misses_is_named(boss: Browser) -> None:
    first = made(boss, conditions={"channels": ["chat"], "words": ["refund"]})
    second = made(boss)
    tried = boss("POST", TRY, {"channel": "email", "text": "Hello"}).json()
    assert tried["rule"] == second["id"]
    assert tried["tried"] == [
        {"rule": first["id"], "fits": False, "missed": ["channels", "words"]},
        {"rule": second["id"], "fits": True, "missed": []},
    ]


def test_an_order_names_every_rule_once(boss: Browser) -> None:
    one, two = made(boss)["id"], made(boss)["id"]
    assert [rule["id"] for rule in boss("PUT", ORDER, {"rules": [two, one]}).json()["items"]] == [two, one]
    for wrong in ([one], [one, one], [one, two, one]):
        assert boss("PUT", ORDER, {"rules": wrong}).json()["type"] == "/errors/flows-rules-changed-meanwhile"


def test_who_saves_second_is_told(boss: Browser) -> None:
    rule = made(boss)
    boss("PATCH", f"{RULES}/{rule['id']}", {"name": "Other", "version": 1})
    refused = boss("PATCH", f"{RULES}/{rule['id']}", {"name": "Third", "version": 1})
    assert (refused.status_code, refused.json()["version"]) == (409, 2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "name"),
        ({"team": "00000000-0000-7000-8000-000000000000"}, "team"),
        ({"conditions": {"channels": ["fax"]}}, "channels"),
        ({"conditions": {"languages": ["zh Hans!"]}}, "languages"),
        ({"conditions": {"words": ["*"]}}, "words"),
        ({"conditions": {"words": [""]}}, "words"),
        ({"conditions": {"words": ["x" * 201]}}, "words"),
        ({"conditions": {"addresses": ["@"]}}, "addresses"),
        ({"conditions": {"tiers": ["platinum"]}}, "tiers"),
        ({"conditions": {"fields": {"nothing": ["x"]}}}, "fields"),
        ({"conditions": {"words": [str(number) for number in range(201)]}}, "too_many"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_what_cannot_stand_in_a_rule_is_named(boss: Browser, body: dict[str, Any], field: str, language: str) -> None:
    """With a sentence of its own in both languages; nothing is made."""
    answer = boss("POST", RULES, {"name": "Refunds", **body}, **{"Accept-Language": language})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert "unfit" not in answer.json()["title"]
    assert boss("GET", RULES).json()["items"] == []


def test_a_team_that_takes_no_more_work_is_shown_as_such(boss: Browser) -> None:
    from servewell.apps.base import clock

    team = build.team()
    rule = made(boss, team=str(team.id))
    Team.objects.update(archived_at=clock.now())
    assert boss("GET", f"{RULES}/{rule['id']}").json()["team"]["archived"]
    assert boss("POST", TRY, {"channel": "chat"}).json()["team"] is None


def test_there_are_no_more_rules_than_a_reception_tries(boss: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from servewell.apps.flows import actions

    monkeypatch.setattr(actions, "MOST", 1)
    made(boss)
    assert boss("POST", RULES, {"name": "One more"}).json()["type"] == "/errors/flows-too-many-rules"

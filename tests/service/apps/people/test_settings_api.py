"""Settings from outside: seen, changed, refused, remembered."""

import pytest
from tests.service.apps.people.helpers import person, signed_in

from servewell.apps.base import settings
from servewell.apps.journal.models import Event

PATH = "/api/v1/settings"


@pytest.fixture
def boss():
    return signed_in(person("wang", "administrator", language="en"))


def test_it_works(boss):
    """An administrator gives the house its name, and sees it."""
    changed = boss("PATCH", f"{PATH}/people.installation", {"value": "Our house"})
    assert changed.json() == {
        "name": "people.installation",
        "type": "str",
        "value": "Our house",
        "default": "Servewell 善待",
        "sentence": "Name of this installation",
    }
    assert boss("GET", "/api/v1/session").json()["installation"]["name"] == "Our house"


def test_all_are_listed_with_their_words(boss):
    """Every setting that any room defines has its sentence."""
    found = boss("GET", PATH).json()
    assert [one["name"] for one in found] == [one.name for one in settings.defined()]
    assert {"base.outbound_allowed", "people.zone", "insight.largest_upload_mb"} <= {one["name"] for one in found}
    assert all(one["sentence"] and one["value"] == one["default"] for one in found)


def test_a_change_is_remembered_without_its_value(boss):
    """Who, and which one; a value may be personal."""
    boss("PATCH", f"{PATH}/people.key_requests_per_minute", {"value": 60})
    assert settings.get("people.key_requests_per_minute") == 60
    (event,) = Event.objects.filter(activity="base.setting_changed")
    assert event.attributes == {"setting": "people.key_requests_per_minute"}
    assert event.actor is not None


@pytest.mark.parametrize(
    ("name", "value", "status", "kind"),
    [
        ("people.zone", "Mars/Olympus", 422, "/errors/base-bad-setting"),
        ("people.key_requests_per_minute", "many", 422, "/errors/base-bad-setting"),
        ("people.key_requests_per_minute", True, 422, "/errors/base-bad-setting"),
        ("people.nothing", 1, 404, "/errors/base-unknown-setting"),
    ],
)
def test_what_does_not_fit_is_refused(boss, name, value, status, kind):
    """And nothing is remembered."""
    answer = boss("PATCH", f"{PATH}/{name}", {"value": value})
    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert not Event.objects.filter(activity="base.setting_changed").exists()

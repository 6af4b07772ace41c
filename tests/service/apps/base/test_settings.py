"""What can an administrator change while it runs?"""

from typing import Any

import pytest
from tests import build

from servewell.apps.base import settings
from servewell.apps.base.errors import BadSetting, UnknownSetting
from servewell.apps.base.models import Setting
from servewell.apps.journal.models import Event

ADMINISTRATOR = build.principal("administrator")


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_defined", {})
    settings.define("test.number", int, 3, lambda value: value > 0)
    settings.define("test.share", float, 0.5)
    settings.define("test.on", bool, True)
    settings.define("test.word", str, "x")
    settings.define("test.list", list, [])


def test_it_works() -> None:
    assert settings.get("test.number") == 3
    settings.put(ADMINISTRATOR, "test.number", 4)
    assert settings.get("test.number") == 4
    row = Setting.objects.get()
    assert (row.name, row.changed_by) == ("test.number", ADMINISTRATOR.id)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("test.number", "4"),  # another type
        ("test.number", 4.0),
        ("test.number", True),  # no number to us
        ("test.number", 0),  # the right type, but not allowed
        ("test.number", None),
        ("test.on", 1),
        ("test.share", "0.5"),
        ("test.share", False),
        ("test.word", 5),
        ("test.list", "a"),
        ("test.list", [1]),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadSetting):
        settings.put(ADMINISTRATOR, name, value)
    assert not Setting.objects.exists()


@pytest.mark.parametrize(("name", "value"), [("test.share", 1), ("test.list", ["a", "b"]), ("test.on", False)])
def test_a_value_that_fits_is_kept(name: str, value: Any) -> None:
    settings.put(ADMINISTRATOR, name, value)
    assert settings.get(name) == value


def test_a_setting_nobody_defined_is_unknown() -> None:
    with pytest.raises(UnknownSetting):
        settings.get("test.other")
    with pytest.raises(UnknownSetting):
        settings.put(ADMINISTRATOR, "test.other", 1)


def test_a_stored_value_that_no_longer_fits_gives_way_to_the_default() -> None:
    settings.put(ADMINISTRATOR, "test.number", 4)
    Setting.objects.update(value=-1)
    assert settings.get("test.number") == 3


def test_the_journal_remembers_who_changed_which_but_not_the_value() -> None:
    settings.put(ADMINISTRATOR, "test.word", "13800138000")
    event = Event.objects.get()
    assert (event.activity, event.actor, event.attributes) == (
        "base.setting_changed",
        ADMINISTRATOR.id,
        {"setting": "test.word"},
    )


def test_a_setting_is_defined_once_with_a_default_that_fits() -> None:
    with pytest.raises(ValueError, match="twice"):
        settings.define("test.number", int, 3)
    with pytest.raises(ValueError, match="default"):
        settings.define("test.new", int, "3")


def test_they_are_listed_by_name() -> None:
    assert [definition.name for definition in settings.defined()][:2] == ["test.list", "test.number"]

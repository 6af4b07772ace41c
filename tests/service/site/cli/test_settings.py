"""`servewell settings`: where there is no browser."""

import json
from contextlib import contextmanager

import pytest

from servewell.apps.base import settings
from servewell.site import cli
from servewell.site.cli import installation


@pytest.fixture(autouse=True)
def _installed(monkeypatch):
    """The test's own database is the installation."""

    @contextmanager
    def ready(_options):
        yield None

    monkeypatch.setattr(installation, "ready", ready)
    monkeypatch.setattr(installation, "demand_migrated", lambda: None)


def test_it_works(capsys):
    """One is changed and says what it was."""
    assert cli.run(["settings", "people.installation", "Our house", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert said == "people.installation = Our house  (Name of this installation; originally Servewell 善待)\n"
    assert settings.get("people.installation") == "Our house"


def test_all_are_shown(capsys):
    """As JSON too."""
    assert cli.run(["settings", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == [one.name for one in settings.defined()]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("people.key_requests_per_minute", "60", 60),
        ("base.outbound_allowed", "10.0.0.0/8, 192.168.1.0/24", ["10.0.0.0/8", "192.168.1.0/24"]),
        ("base.outbound_allowed", "", []),
    ],
)
def test_words_become_values(name, text, value):
    """By the setting's type."""
    assert cli.run(["settings", name, text]) == 0
    assert settings.get(name) == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("people.key_requests_per_minute", "many", "does not fit the setting people.key_requests_per_minute"),
        ("people.zone", "Mars/Olympus", "does not fit the setting people.zone"),
        ("people.nothing", "1", "There is no setting people.nothing"),
    ],
)
def test_what_does_not_fit_is_said(name, text, sentence, capsys):
    """Exit 2."""
    assert cli.run(["settings", name, text, "--lang", "en"]) == 2
    assert sentence in capsys.readouterr().err


def test_what_is_empty_is_said(capsys):
    """A default that is nothing reads as empty, in both languages."""
    assert cli.run(["settings", "channels.public_url", "https://help.example", "--lang", "zh-Hans"]) == 0
    assert "默认为 （空）" in capsys.readouterr().out
    assert cli.run(["settings", "channels.public_url", "", "--lang", "en"]) == 0
    assert "channels.public_url = (empty)" in capsys.readouterr().out

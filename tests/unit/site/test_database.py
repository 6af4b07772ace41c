"""Which database, and does it fit? What can be told without one."""

from pathlib import Path

import pytest

from servewell.site import database, places
from servewell.site.errors import BadSetting, SiteError, VectorMissing, VectorOld


def test_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL becomes Django's settings; what libpq knows beyond them goes along."""
    monkeypatch.setenv("SERVEWELL_DATABASE_URL", "postgresql://me:p%40ss@db.example.com:6432/desk?sslmode=require")
    settings = database.django_settings(tmp_path, pool=None)["default"]
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example.com", "6432", "desk")
    assert (settings["USER"], settings["PASSWORD"]) == ("me", "p@ss")
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert "pool" not in settings["OPTIONS"]


def test_a_pool_is_as_large_as_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver's four would starve eight threads."""
    monkeypatch.setenv("SERVEWELL_DATABASE_URL", "postgresql://me@db/desk")
    settings = database.django_settings(tmp_path, pool=10)["default"]
    assert settings["OPTIONS"]["pool"]["max_size"] == 10
    assert settings["CONN_HEALTH_CHECKS"]


def test_settings_load_where_no_database_was_ever_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For checks that need none."""
    monkeypatch.delenv("SERVEWELL_DATABASE_URL", raising=False)
    assert database.django_settings(tmp_path, pool=None)["default"]["PORT"] == "1"


def test_the_embedded_one_is_found_by_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Port and password of the last start."""
    monkeypatch.delenv("SERVEWELL_DATABASE_URL", raising=False)
    (tmp_path / "postgres.port").write_text("54321")
    (tmp_path / "postgres.password").write_text("secret\n")
    settings = database.django_settings(tmp_path, pool=None)["default"]
    assert (settings["HOST"], settings["PORT"], settings["PASSWORD"]) == ("127.0.0.1", "54321", "secret")


@pytest.mark.parametrize(
    ("available", "installed", "refusal"),
    [
        ("0.8.5", "0.8.5", None),
        ("0.7.0", None, None),  # the least, not switched on yet
        ("0.10.1", None, None),  # numbers, not letters
        (None, None, VectorMissing),
        ("0.6.2", None, VectorOld),
        ("0.8.0", "0.5.1", VectorOld),  # a new one lies there, the old one is switched on
    ],
)
def test_pgvectors_version(available: str | None, installed: str | None, refusal: type[SiteError] | None) -> None:
    """0.7 or newer, and what is switched on counts."""
    if refusal is None:
        database.refuse_old_vector(available, installed)
    else:
        with pytest.raises(refusal):
            database.refuse_old_vector(available, installed)


def test_a_password_is_never_described() -> None:
    """What goes into sentences."""
    assert "hidden" not in str(database.describe("postgresql://me:hidden@db:1234/desk"))


@pytest.mark.parametrize("value", ["many", "-3", "0", "257", "1.5"])
def test_a_number_that_is_none_is_refused_by_name(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its limits."""
    monkeypatch.setenv("SERVEWELL_THREADS", value)
    with pytest.raises(BadSetting, match=r"SERVEWELL_THREADS.*1 to 256"):
        places.number("SERVEWELL_THREADS", 8, least=1, most=256)


def test_an_empty_number_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SERVEWELL_THREADS=` in a unit file."""
    monkeypatch.setenv("SERVEWELL_THREADS", "")
    assert places.number("SERVEWELL_THREADS", 8, least=1, most=256) == 8

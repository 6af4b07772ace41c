"""Where is the data folder, and who may enter it?"""

import os
from pathlib import Path

import pytest

from servewell.site import places
from servewell.site.errors import FolderUnwritable, NoHome


@pytest.fixture(autouse=True)
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who is not root, without a word about folders."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for name in ("SERVEWELL_DATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the home folder, where programs keep such things."""
    monkeypatch.setenv("HOME", "/home/lin")
    assert places.data() == Path("/home/lin/.local/share/servewell")


def test_a_named_folder_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made absolute: children may stand elsewhere."""
    monkeypatch.setenv("SERVEWELL_DATA", "var/demo")
    assert places.data() == Path.cwd() / "var/demo"


def test_the_systems_own_place_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_DATA_HOME."""
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/share")
    assert places.data() == Path("/srv/share/servewell")


def test_root_has_a_place_of_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not its home: PostgreSQL runs as somebody else."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert places.data() == Path("/var/lib/servewell/data")


def test_nobody_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's uid without an entry: no folder called `~` is made."""
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    with pytest.raises(NoHome, match="--data"):
        places.data()


def test_the_folder_is_the_owners_alone(tmp_path: Path) -> None:
    """And nothing is left in it by the trial."""
    data = places.prepare(tmp_path / "a/b")
    assert data.stat().st_mode & 0o777 == 0o700
    assert list(data.iterdir()) == []


def test_a_file_in_its_place(tmp_path: Path) -> None:
    """Refused in a sentence that names it."""
    (tmp_path / "taken").touch()
    with pytest.raises(FolderUnwritable, match="taken"):
        places.prepare(tmp_path / "taken")

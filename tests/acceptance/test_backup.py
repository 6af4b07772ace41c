"""`servewell backup` and `restore`: an installation goes into one file and comes back whole."""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.acceptance.installation import Installation
from tests.postgres import shipped

from servewell.site import embedded_postgres, postgres_tools

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def filled(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation with a person, a file of the lake and an attachment."""
    data = tmp_path_factory.mktemp("filled") / "data"
    subprocess.run(["/bin/cp", "-a", migrated, data], check=True)
    installation = Installation(data)
    made = installation.command("createadmin", "--username", "lin", "--password-stdin", text=PASSWORD)
    assert made.returncode == 0, made.stderr
    left_out = ("tmp/half-an-upload", "log/noise.log", "lake/steps/1/made-again", "lake/logs/.unfinished-1/half")
    for name in ("lake/journal/2026-01.parquet", "attachments/ab/abcdef", *left_out):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(name.encode() * 1000)
    yield installation
    installation.clean()


@pytest.fixture(scope="module")
def backup(filled: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    file = tmp_path_factory.mktemp("backups") / "servewell.tar"
    done = filled.command("backup", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 3
    return file


def test_it_works(filled: Installation, backup: Path, empty: Installation) -> None:
    """People, key and files are as they were, in a working system."""
    restored = empty.command("restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    for name in ("secret.key", "lake/journal/2026-01.parquet", "attachments/ab/abcdef"):
        assert (empty.data / name).read_bytes() == (filled.data / name).read_bytes()
    with embedded_postgres.running(empty.data) as server:
        assert not postgres_tools.is_empty(server.url)
    assert empty.command("migrate", "--check").returncode == 0
    assert {path.name for path in empty.data.iterdir()}.isdisjoint({"restore.new", "restore.old"})


def test_it_comes_back_in_an_older_postgresql(backup: Path, empty: Installation, tmp_path: Path) -> None:
    """From 18 into 16, which lacks a setting of 18's; and from there into 16 again."""
    again = tmp_path / "sixteen.tar"
    with shipped(16, tmp_path / "server") as url:
        for name, file in (("first", backup), ("second", again)):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"create database {name}")
            there = {"SERVEWELL_DATABASE_URL": make_conninfo(url, dbname=name)}
            restored = empty.command("restore", str(file), **there)
            assert restored.returncode == 0, restored.stderr
            assert not postgres_tools.is_empty(there["SERVEWELL_DATABASE_URL"])
            assert empty.command("backup", str(again), **there).returncode == 0


def test_it_is_for_the_owner_only_and_holds_what_counts(backup: Path) -> None:
    """0600; no logs, no half uploads, no cluster."""
    assert backup.stat().st_mode & 0o777 == 0o600
    with tarfile.open(backup) as archive:
        names = archive.getnames()
    assert names[0] == "servewell.json"
    assert {"database.dump", "data/secret.key", "data/attachments/ab/abcdef"} <= set(names)
    assert not [name for name in names if name.startswith(("data/postgres", "data/log", "data/tmp", "data/up.lock"))]
    assert not [name for name in names if "made-again" in name or "half" in name]
    assert {path.name for path in backup.parent.iterdir()} == {backup.name}


def test_what_is_there_is_not_replaced_unless_forced(backup: Path, installed: Installation) -> None:
    """Exit 2; with --force the present people go."""
    installed.command("createadmin", "--username", "other", "--password-stdin", text=PASSWORD)
    refused = installed.command("restore", str(backup))
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert installed.command("restore", str(backup), "--force").returncode == 0
    again = installed.command("createadmin", "--username", "lin", "--password-stdin", text=PASSWORD)
    assert again.returncode == 2
    assert installed.command("createadmin", "--username", "other", "--password-stdin", text=PASSWORD).returncode == 0


def _cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def _changed(whole: bytes) -> bytes:
    return whole.replace(
        b"attachments/ab/abcdefattachments/ab/abcdef", b"attachments/ab/abcdefATTACHMENTS/ab/abcdef", 1
    )


def _words(_: bytes) -> bytes:
    return b"a letter to a friend"


@pytest.mark.parametrize("spoil", [_cut, _changed, _words], ids=["cut short", "changed", "no backup"])
def test_a_file_that_is_not_whole_is_refused(backup: Path, empty: Installation, tmp_path: Path, spoil: object) -> None:
    """Exit 2, one sentence, and nothing was made."""
    file = tmp_path / "spoilt.tar"
    file.write_bytes(spoil(backup.read_bytes()))  # type: ignore[operator]
    refused = empty.command("restore", str(file))
    assert refused.returncode == 2
    assert str(file) in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (empty.data / "postgres").exists()


def test_a_file_that_is_not_there(empty: Installation) -> None:
    """The system's own reason."""
    refused = empty.command("restore", "/nowhere/servewell.tar")
    assert refused.returncode == 2
    assert "/nowhere/servewell.tar: No such file" in refused.stderr


def test_a_backup_into_a_folder_that_is_not_there(filled: Installation) -> None:
    """Exit 2, nothing half-written."""
    refused = filled.command("backup", "/nowhere/servewell.tar")
    assert refused.returncode == 2
    assert "/nowhere/servewell.tar" in refused.stderr

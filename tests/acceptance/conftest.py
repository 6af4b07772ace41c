"""Installations for acceptance tests: one is migrated once, each test gets a copy."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.acceptance.installation import Installation


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database has all tables; nothing runs in it."""
    data = tmp_path_factory.mktemp("migrated") / "data"
    result = Installation(data).command("migrate")
    assert result.returncode == 0, result.stderr
    return data


@pytest.fixture
def installed(migrated: Path, tmp_path: Path) -> Iterator[Installation]:
    """An installation of this test alone, stopped."""
    subprocess.run(["/bin/cp", "-a", migrated, tmp_path / "data"], check=True)
    installation = Installation(tmp_path / "data")
    yield installation
    installation.clean()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """An installation that was never started."""
    installation = Installation(tmp_path / "data")
    yield installation
    installation.clean()

"""Do unit tests keep to themselves?"""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def test_it_works() -> None:
    """Everything a test writes goes to a folder of this run."""
    run = Path(os.environ["SERVEWELL_TEST_SERVER"]).parent
    assert run / "data" == settings.DATA
    assert (settings.DATA / "secret.key").is_relative_to(run)


def test_a_unit_test_cannot_reach_a_database() -> None:
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.cursor()


def test_there_is_no_database_but_one_of_this_run() -> None:
    """The developer's own installation is never touched, whatever the shell says."""
    named = os.environ.get("SERVEWELL_DATABASE_URL", "")
    assert not named or "dbname=test_" in named

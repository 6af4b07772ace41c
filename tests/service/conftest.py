"""Which database does a test of a room have? A transaction of a real PostgreSQL that is rolled back after it.

A test that asks for `transactional_db` commits; its rows are deleted afterwards.
"""

import pytest


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    if marker is None and not {"transactional_db", "database_url", "no_database"} & {*request.fixturenames}:
        request.getfixturevalue("db")

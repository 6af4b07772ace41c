"""Tests of rooms with a real PostgreSQL: each runs in a transaction that is rolled back, unless it asks for
`transactional_db`, whose committed rows are deleted afterwards.
"""

import pytest


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("django_db")
    if marker is None and not {"transactional_db", "database_url", "no_database"} & {*request.fixturenames}:
        request.getfixturevalue("db")

"""What do all tests have? Folders of their own, Django, and a database for those that ask for one."""

import os
from collections.abc import Iterator

import django
import pytest
import pytest_django
from tests import harness

_run = harness.prepare_environment()
django.setup()


def pytest_unconfigure() -> None:
    if _run is not None:
        harness.clean_up(_run)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """Give each worker its own copy of the migrated database; replaces pytest-django's own."""
    from django.db import connections
    from django.test import TransactionTestCase

    with django_db_blocker.unblock(), harness.database(_name()) as url:
        harness.point_django_to(url)
        keep = harness.filled_tables()

        def wipe(self: TransactionTestCase) -> None:
            harness.wipe(keep)

        usual = TransactionTestCase._fixture_teardown  # a flush: every table truncated, permissions made anew
        TransactionTestCase._fixture_teardown = wipe  # type: ignore[method-assign]
        yield
        TransactionTestCase._fixture_teardown = usual  # type: ignore[method-assign]
        connections.close_all()


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """Return the URL of this worker's database, for child processes."""
    return os.environ["SERVEWELL_DATABASE_URL"]


def _name() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"

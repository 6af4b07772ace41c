"""What do all tests have? Folders of their own, Django, and a database for those that ask for one."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import django
import hypothesis
import pytest
import pytest_django
from tests import harness

harness.prepare_environment()
django.setup()
hypothesis.settings.register_profile("servewell", deadline=None)  # a busy machine is no fault of the code
hypothesis.settings.load_profile("servewell")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """Give each worker its own copy of the migrated database; replaces pytest-django's own."""
    from django.db import connections
    from django.test import TransactionTestCase

    usual = TransactionTestCase._fixture_teardown  # a flush: every table truncated, permissions made anew
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            harness.point_django_to(stack.enter_context(harness.database(_name())))
            keep = harness.filled_tables()
        TransactionTestCase._fixture_teardown = lambda self: harness.wipe(keep)  # type: ignore[method-assign]
        yield
        TransactionTestCase._fixture_teardown = usual  # type: ignore[method-assign]
        connections.close_all()


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """Return the URL of this worker's database, for child processes."""
    return os.environ["SERVEWELL_DATABASE_URL"]


def _name() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"

"""Rules are remembered for a second; a test must not see those of the one before."""

from collections.abc import Iterator

import pytest

from servewell.apps.flows import sorting


@pytest.fixture(autouse=True)
def _no_rules_of_before() -> Iterator[None]:
    sorting.known.forget()
    yield
    sorting.known.forget()

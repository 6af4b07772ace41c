"""Who does the work that only one may do?"""

from threading import Barrier

import pytest
from tests.together import at_once

from servewell.apps.base import direct, leases

pytestmark = pytest.mark.usefixtures("transactional_db")


def test_it_works() -> None:
    """One has it; until it gives it back nobody else does."""
    with leases.held("work") as first, leases.held("work") as second, leases.held("other work") as third:
        assert (first, second, third) == (True, False, True)
    with leases.held("work") as again:
        assert again


def test_of_eight_at_once_one_has_it() -> None:
    asked = Barrier(8)

    def ask(number: int) -> bool:
        with leases.held("work") as ours:
            asked.wait(20)
            return ours

    assert sorted(map(bool, at_once(8, ask))) == [False] * 7 + [True]


def test_it_is_free_when_its_holder_fails() -> None:
    with pytest.raises(LookupError), leases.held("work"):
        raise LookupError
    with leases.held("work") as ours:
        assert ours


def test_it_is_free_when_its_connection_dies() -> None:
    held = leases.held("work")
    assert held.__enter__()
    with direct.connect() as own:
        own.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = %s",
            ["servewell-lease-work"],
        )
    with leases.held("work") as ours:
        assert ours
    held.__exit__(None, None, None)


def test_its_holder_can_ask_whether_it_is_theirs_still() -> None:
    with leases.taken("work") as ours, leases.taken("work") as others:
        assert (ours.is_ours, ours.is_alive()) == (True, True)
        assert (others.is_ours, others.is_alive()) == (False, False)
        ours.connection.close()
        assert not ours.is_alive()

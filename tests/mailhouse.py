"""Fixtures of tests that use real mail servers, started once for all of them; each test has addresses of its own.

A conftest takes them over by importing their names.
"""

from collections.abc import Iterator
from itertools import count

import pytest
from tests import mailservers
from tests.mailservers import Dovecot, Smtp

_numbers = count(1)


@pytest.fixture(scope="session")
def house() -> Iterator[tuple[Dovecot, Smtp]]:
    """A Dovecot, and an SMTP server that puts mails to example.com into it."""
    with mailservers.mail_house() as servers:
        yield servers


@pytest.fixture
def dovecot(house: tuple[Dovecot, Smtp]) -> Dovecot:
    return house[0]


@pytest.fixture
def smtp(house: tuple[Dovecot, Smtp]) -> Iterator[Smtp]:
    server = house[1]
    server.taken.clear()
    yield server
    server.faults = mailservers.Faults()


@pytest.fixture
def address() -> str:
    """An address that no other test has."""
    return f"help{next(_numbers)}@example.com"

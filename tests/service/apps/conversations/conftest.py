"""A desk for every test of conversations that asks for one."""

import pytest
from tests.service.apps.conversations.desk import Desk


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()

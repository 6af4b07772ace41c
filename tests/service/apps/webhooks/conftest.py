"""A receiver, a house that may call it, and somebody who manages webhooks."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests import build
from tests.service.apps.webhooks.receiver import Receiver, listening

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.webhooks.wanted import wishes


@pytest.fixture
def boss(transactional_db: Any) -> Iterator[Principal]:
    wishes.forget()
    yield build.person("wang", "administrator").principal()
    wishes.forget()  # the next test has other webhooks


@pytest.fixture
def receiver(transactional_db: Any) -> Iterator[Receiver]:
    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.1/32"])
    with listening() as told:
        yield told
    wishes.forget()

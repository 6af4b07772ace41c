"""What do the frame's tests share? A stub of a channel, whose other side they hold."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests import build
from tests.service.apps.channels import stub
from tests.service.apps.people.helpers import signed_in

from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import actions
from servewell.apps.channels.frame.models import Account

Browsing = Callable[..., Any]


@pytest.fixture
def side() -> Iterator[stub.OtherSide]:
    side = stub.OtherSide()
    with stub.registered(stub.channel(side)):
        yield side


@pytest.fixture
def admin(db: None) -> Principal:
    who: Principal = build.person("boss", "administrator").principal()
    return who


@pytest.fixture
def account(db: None, side: stub.OtherSide, admin: Principal) -> Account:
    return made(admin)


@pytest.fixture
def browsing(db: None) -> Browsing:
    """Return an administrator's way to the API: method, path below /api/v1, body."""
    browser = signed_in(build.person("browsing", "administrator", language="en"))
    return lambda method, path, body=None, **headers: browser(method, f"/api/v1{path}", body, **headers)


def made(principal: Principal, name: str = "Shop", **given: Any) -> Account:
    """Store an account of the stub's channel."""
    return actions.create(principal, "stub", {"name": name, "options": {"host": "there.example"}, **given})

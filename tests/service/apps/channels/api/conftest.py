"""A shop that hands in what customers write, with an account, a key, and a receiver for our answers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests import build
from tests.service.apps.people.helpers import Browser
from tests.service.apps.webhooks.receiver import Receiver, listening

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.channels.api import receiving, sources
from servewell.apps.channels.frame import actions
from servewell.apps.channels.frame.models import Account
from servewell.apps.flows import sorting
from servewell.apps.people import actions as people

INCOMING = "/api/v1/conversations/incoming"
WANG = {"kind": "email", "value": "wang@example.com"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"


@pytest.fixture(autouse=True)
def _house(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for known in (sources.known, sorting.known):
        known.forget()
    receiving.forget_shown()
    yield
    for known in (sources.known, sorting.known):
        known.forget()


@pytest.fixture
def admin(transactional_db: None) -> Principal:
    who: Principal = build.person("boss", "administrator").principal()
    return who


@pytest.fixture
def receiver(transactional_db: None) -> Iterator[Receiver]:
    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.1/32"])
    with listening() as told:
        yield told


class Shop:
    """An outside system."""

    def __init__(self, admin: Principal) -> None:
        self.admin, self.team = admin, build.team()
        self.key = self.made_key("shop")
        self.account: Account = actions.create(admin, "api", {"name": "Shop", "address": "shop", "team": self.team.id})

    def made_key(self, name: str) -> str:
        """Return the text of a new key."""
        _, text = people.create_key(self.admin, name, ["conversations.receive"], None)
        return str(text)

    def change(self, **given: Any) -> None:
        """Change the account."""
        self.account.refresh_from_db()
        self.account = actions.change(self.admin, self.account.id, self.account.version, given)
        sources.known.forget()

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        """Call us as the system does."""
        return Browser()(method, path, body, Authorization=f"Bearer {key or self.key}")

    def says(self, text: str = "Where is my parcel?", *, key: str = "", **body: Any) -> Any:
        """Hand in what a customer wrote."""
        return self.call("POST", INCOMING, {"source": "shop", "identities": [WANG], "text": text, **body}, key)


@pytest.fixture
def shop(admin: Principal) -> Shop:
    return Shop(admin)


@pytest.fixture
def called(shop: Shop, receiver: Receiver) -> Callable[[], Receiver]:
    """The shop has a callback; returns the receiver."""
    shop.change(options={"callback_url": receiver.url, "callback_secret": SECRET})
    return lambda: receiver

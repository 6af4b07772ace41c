"""What can be done with webhooks, and what is refused?"""

from typing import Any
from uuid import uuid4

import pytest
from tests import build

from servewell.apps.base.errors import AddressRefused, TextTooLong
from servewell.apps.base.principal import Principal
from servewell.apps.people.errors import NotAllowed
from servewell.apps.webhooks import actions, listeners
from servewell.apps.webhooks.errors import IsPaused, NoSuchDelivery, NoSuchWebhook, TooMany, UnknownEvents
from servewell.apps.webhooks.models import Subscription

URL = "https://receiver.example/hook"


def test_it_works(boss: Principal) -> None:
    made = actions.create(boss, f" {URL} ", names=["conversation.solved", "conversation.opened"], description="ERP")
    row = Subscription.objects.get()
    assert (row.url, row.events, row.content) == (URL, ["conversation.opened", "conversation.solved"], False)
    assert made.secret.startswith("whsec_")


@pytest.mark.parametrize("role", ["agent", "lead", "manager", "auditor"])
def test_only_administrators_manage_them(role: str, transactional_db: Any) -> None:
    somebody = build.person("mo", role).principal()
    for verb in (
        lambda: actions.create(somebody, URL),
        lambda: actions.ping(somebody, uuid4()),
        lambda: actions.remove(somebody, uuid4()),
    ):
        with pytest.raises(NotAllowed):
            verb()


def key(*scopes: str) -> Principal:
    """Return an administrator's key that holds `webhooks.manage` and these verbs."""
    return build.principal("administrator", kind="key", scopes=frozenset({"webhooks.manage", *scopes}))


class TestContent:
    """Nobody has sent to an address what they could not read themselves."""

    @pytest.mark.parametrize("scopes", [[], ["conversations.read"], ["customers.read"]])
    def test_a_key_that_may_not_read_it_has_it_sent_nowhere(self, boss: Principal, scopes: list[str]) -> None:
        narrow = key(*scopes)
        with pytest.raises(NotAllowed):
            actions.create(narrow, URL, content=True)
        bare = actions.create(narrow, URL).subscription
        with pytest.raises(NotAllowed):
            actions.change(narrow, bare.id, {"content": True})
        told = actions.create(boss, URL, content=True).subscription
        with pytest.raises(NotAllowed):
            actions.change(narrow, told.id, {"url": "https://other.example/"})
        with pytest.raises(NotAllowed):
            actions.change(narrow, bare.id, {"url": "https://other.example/", "content": True})
        rows = Subscription.objects.order_by("id").values_list("url", "content")
        assert list(rows) == [(URL, False), (URL, True)]

    def test_it_may_still_be_described_and_have_its_content_taken_away(self, boss: Principal) -> None:
        told = actions.create(boss, URL, content=True).subscription
        assert actions.change(key(), told.id, {"description": "ERP", "content": True}).content
        assert actions.change(key(), told.id, {"url": "https://other.example/", "content": False}).content is False

    def test_a_key_that_may_read_it_all_may_have_it_sent(self, boss: Principal) -> None:
        wide = key("conversations.read", "customers.read")
        assert actions.create(wide, URL, content=True).subscription.content


@pytest.mark.parametrize(
    "url",
    [
        *("", "receiver.example", "ftp://receiver.example/", "http://127.0.0.1/", "http://[::1]/", "http://10.0.0.5/"),
        *("http://169.254.169.254/", "https://user:word@receiver.example/", "https://a b/"),
    ],
)
def test_an_address_that_can_never_be_called_is_refused(boss: Principal, url: str) -> None:
    with pytest.raises(AddressRefused):
        actions.create(boss, url)


def test_only_events_that_there_are_can_be_wanted(boss: Principal) -> None:
    with pytest.raises(UnknownEvents) as refusal:
        actions.create(boss, URL, names=["conversation.opened", "no.such", "webhook.created"])
    assert refusal.value.values == {"events": "no.such, webhook.created"}
    assert "webhook.created" not in listeners.heard()
    assert {"conversation.opened", "customer.merged", "people.role_changed"} <= set(listeners.heard())


def test_texts_have_limits(boss: Principal) -> None:
    for given in ({"url": f"{URL}/{'x' * 2000}"}, {"url": URL, "description": "x" * 201}):
        with pytest.raises(TextTooLong):
            actions.create(boss, **given)


def test_there_are_at_most_fifty(boss: Principal) -> None:
    Subscription.objects.bulk_create(Subscription(url=URL, sealed_secret="-", state="paused") for _ in range(50))
    with pytest.raises(TooMany):
        actions.create(boss, URL)


def test_a_change_to_another_address_forgets_that_it_failed(boss: Principal) -> None:
    made = actions.create(boss, URL).subscription
    Subscription.objects.update(failures=7)
    assert actions.change(boss, made.id, {"description": "x"}).failures == 7
    assert actions.change(boss, made.id, {"url": "https://other.example/"}).failures == 0


def test_a_paused_one_replays_nothing_until_it_goes_on(boss: Principal) -> None:
    made = actions.create(boss, URL).subscription
    assert actions.pause(boss, made.id).reason == "by_hand"
    with pytest.raises(IsPaused):
        actions.replay(boss, made.id)
    assert actions.resume(boss, made.id).state == "active"
    assert actions.replay(boss, made.id) == 0
    with pytest.raises(NoSuchDelivery):
        actions.replay(boss, made.id, uuid4())


def test_what_is_not_there_is_said_not_to_be_there(boss: Principal) -> None:
    for verb in (actions.remove, actions.pause, actions.resume, actions.rotate, actions.ping, actions.replay):
        with pytest.raises(NoSuchWebhook):
            verb(boss, uuid4())

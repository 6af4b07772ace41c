"""What is left of an erased customer's browsers? Nothing, on none of their devices, and no page fails by it."""

import pytest
from tests import build
from tests.service.apps.channels.webchat.widget import Visitor, arrived, chat

from servewell.apps.channels.frame import options
from servewell.apps.channels.webchat import identity
from servewell.apps.channels.webchat.actions import writing
from servewell.apps.channels.webchat.models import Visitor as Known
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers import actions as customers
from servewell.apps.customers.models import Customer

SECRET = "s3cret-of-the-shop"


@pytest.fixture
def boss(db):
    return build.person("boss", "administrator").principal()


@pytest.fixture
def shop(db):
    """A chat whose site signs identities."""
    return chat(sealed=options.sealed({"identity_secret": SECRET}))


def device(shop, person="42"):
    visitor = Visitor(shop)
    visitor.hello(identity=identity.sign(SECRET, {"id": person, "name": "Wang Lin", "email": f"{person}@example.com"}))
    return visitor


def test_it_works(shop, boss):
    """Two devices were there before anybody wrote: both are forgotten, a stranger's is not."""
    phone, laptop, other = device(shop), device(shop), device(shop, "43")
    phone.say("Mine")
    assert set(Known.objects.filter(person="42").values_list("customer_id", flat=True)) == {Customer.objects.get().id}
    late = device(shop)
    customers.erase(boss, Conversation.objects.get().customer_id)
    assert [one("GET", "state").status_code for one in (phone, laptop, late, other)] == [401, 401, 401, 200]
    assert Known.objects.get().person == "43"


def test_a_browser_that_was_never_noted_is_forgotten_too(site, boss, monkeypatch):
    """The process died when the message was in, but not yet whose it is."""
    visitor = Visitor(site)
    visitor.hello()
    with monkeypatch.context() as dying:
        dying.setattr(writing, "_noted", lambda *_: 1 / 0)
        assert visitor.say("Mine").status_code == 500
    assert Known.objects.get().customer_id is None
    customers.erase(boss, Conversation.objects.get().customer_id)
    assert visitor("GET", "state").status_code == 401
    assert Known.objects.count() == 0


def test_who_is_erased_while_they_write_is_told_kindly(site, boss, monkeypatch):
    """The message came in, and went before it was noted."""
    visitor, noted = arrived(site), writing._noted

    def erased(*arguments):
        customers.erase(boss, Conversation.objects.get().customer_id)
        return noted(*arguments)

    monkeypatch.setattr(writing, "_noted", erased)
    refused = visitor.say("Mine")
    assert (refused.status_code, refused.json()["type"]) == (401, "/errors/channels_webchat-no-visitor")

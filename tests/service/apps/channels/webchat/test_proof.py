"""How long is a signed visitor who they are, and at a shared browser who? As long as the proof lasts, and no longer."""

from datetime import timedelta

import pytest
from tests.service.apps.channels.webchat.widget import Visitor, arrived, chat

from servewell.apps.base import clock
from servewell.apps.channels.frame import options
from servewell.apps.channels.webchat import identity
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers.models import Identity

SECRET, NEXT = "s3cret-of-the-shop", "the-next-secret-of-the-shop"


@pytest.fixture
def shop(db):
    """A chat whose site signs identities."""
    return chat(sealed=options.sealed({"identity_secret": SECRET}))


def known(shop, secret=SECRET, **claims):
    """Return a visitor who came signed, and wrote."""
    visitor = Visitor(shop)
    visitor.hello(identity=identity.sign(secret, {"id": "42", "email": "lin@example.com"} | claims))
    visitor.say("Mine")
    return visitor


def change(shop, **secrets):
    shop.sealed = options.sealed(secrets)
    shop.save()


def test_it_works(shop):
    """A secret that was taken back proves nobody: the token stops, and the next hello begins anew."""
    visitor = known(shop)
    change(shop, identity_secret=NEXT, identity_secret_before=SECRET)
    assert visitor("GET", "state").status_code == 200
    change(shop, identity_secret=NEXT)
    assert visitor("GET", "state").status_code == 401
    assert visitor("GET", "conversations").status_code == 401
    assert visitor.hello()["state"]["conversation"] is None
    visitor.hello(identity=identity.sign(NEXT, {"id": "42"}))
    assert [one["text"] for one in visitor.messages()["items"]] == ["Mine"]


def test_past_the_end_of_the_proof_one_is_anonymous(shop):
    """The chat goes on, but what was before is shut, and what was signed proves nothing."""
    visitor = known(shop, exp=clock.now().timestamp() + 3600)
    assert visitor("GET", "conversations").status_code == 200
    Identity.objects.filter(kind__in=("external", "email")).delete()
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert not visitor.state()["visitor"]["identified"]
        assert visitor("GET", "conversations").status_code == 403
        assert visitor.say("Still here").status_code == 201
    assert not Identity.objects.filter(kind__in=("external", "email")).exists()


def test_past_the_end_of_the_proof_nobody_gets_in_where_it_is_required(shop):
    shop.options = {"identity": "required"}
    shop.save()
    visitor = known(shop, exp=clock.now().timestamp() + 3600)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert visitor("GET", "state").status_code == 401


def test_a_hello_with_a_new_proof_goes_on(shop):
    visitor = known(shop, exp=clock.now().timestamp() + 3600)
    with clock.frozen(clock.now() + timedelta(hours=2)):
        again = identity.sign(SECRET, {"id": "42", "exp": clock.now().timestamp() + 3600})
        hello = visitor.hello(identity=again)
        assert (hello["visitor"]["identified"], hello["state"]["conversation"]["status"]) == (True, "waiting")


@pytest.mark.parametrize(("minutes", "carried"), [(29, True), (31, False), (60 * 48, False)])
def test_an_anonymous_chat_is_handed_on_only_while_it_is_fresh(shop, minutes, carried):
    """At a browser that many use, whoever signs in later has a thread of their own."""
    visitor = arrived(shop, "Somebody's")
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        hello = visitor.hello(identity=identity.sign(SECRET, {"id": "43"}))
        assert (hello["state"]["conversation"] is not None) is carried
        visitor.say("Mine")
    assert Conversation.objects.count() == (1 if carried else 2)


def test_an_anonymous_chat_that_ended_long_ago_is_handed_to_nobody(shop):
    """It is not shown to whoever was there, and not to who comes next."""
    visitor = arrived(shop, "Somebody's")
    visitor("POST", "end")
    with clock.frozen(clock.now() + timedelta(hours=30)):
        hello = visitor.hello(identity=identity.sign(SECRET, {"id": "43"}))
        assert hello["state"]["conversation"] is None
        assert visitor.messages()["items"] == []

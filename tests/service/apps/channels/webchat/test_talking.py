"""A visitor of the chat writes and is answered."""

from uuid import uuid4

import pytest
from django.test import Client
from tests import build

from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Conversation, Message


@pytest.fixture
def site():
    """A chat account."""
    return Account.objects.create(channel="webchat", name="Shop", team=build.team())


class Visitor:
    """A browser with the widget."""

    def __init__(self, site, token=""):
        self.base, self.token = f"/api/v1/channels/webchat/{site.id}", token
        self.client = Client(headers={"Accept-Language": "en"})

    def __call__(self, method, path, body=None, **headers):
        who = {"Authorization": f"Visitor {self.token}"} if self.token else {}
        return self.client.generic(
            method, f"{self.base}/{path}", *([] if body is None else [__import__("json").dumps(body)]),
            content_type="application/json", headers=who | headers
        )

    def hello(self, **body):
        answer = self("POST", "visitors", body)
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["token"]
        return answer.json()

    def say(self, text, **more):
        return self("POST", "messages", {"client_id": str(uuid4()), "text": text} | more)


def test_it_works(site):
    """Hello, a message, an answer."""
    visitor = Visitor(site)
    assert visitor.hello()["state"]["conversation"] is None
    assert Conversation.objects.count() == 0
    sent = visitor.say("Where is my parcel?")
    assert sent.status_code == 201, sent.content
    agent = build.person("lin", "agent", build.team())
    actions.reply(agent.principal(), sent.json()["conversation"], text="It comes tomorrow.")
    seen = visitor("GET", "messages").json()
    assert [(one["from"], one["name"], one["text"]) for one in seen["items"]] == [
        ("visitor", "", "Where is my parcel?"), ("agent", "Lin", "It comes tomorrow.")]
    state = visitor("GET", "state").json()
    assert state["unread"] == 1
    assert Message.objects.count() == 2

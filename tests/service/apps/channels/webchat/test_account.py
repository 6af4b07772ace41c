"""What an administrator says about a chat: what fits, what is shown, what the test button finds, what is forgotten."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests import build
from tests.service.apps.channels.webchat.widget import Visitor, arrived

from servewell.apps.base import clock, settings, texts
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame import jobs, kinds, shown
from servewell.apps.channels.frame.errors import BadOption
from servewell.apps.channels.webchat.models import Visitor as Known
from servewell.apps.conversations.models import Conversation
from servewell.apps.customers import holdings

KIND = kinds.of("webchat")
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def boss(db):
    return build.person("boss", "administrator").principal()


def made(boss, **options):
    return frame.create(boss, "webchat", {"name": "Shop", "options": options})


def test_it_works(boss):
    """The account opens to visitors, and shows the line for the shop's pages."""
    settings.put(SYSTEM, "channels.public_url", "https://help.shop.example/")
    account = made(boss, origins=["https://shop.example"], identity_secret=SECRET)
    assert Visitor(account).hello()["state"]["conversation"] is None
    told = {one["key"]: one["text"] for one in shown.account(account, "en")["extra"]}
    wanted = f'<script src="https://help.shop.example/widget/v1.js" data-site="{account.id}" async></script>'
    assert told["snippet"] == wanted
    assert "connect-src https://help.shop.example" in told["policy"]
    assert SECRET not in json.dumps(shown.account(account, "en"), default=str)


UNFIT = {
    "an origin with a path": ({"origins": ["https://shop.example/chat"]}, "origins", "not_origin"),
    "an origin without a scheme": ({"origins": ["shop.example"]}, "origins", "not_origin"),
    "a key that is none": ({"ask_fields": ["Order No."]}, "ask_fields", "not_key"),
    "a short secret": ({"identity_secret": "abc"}, "identity_secret", "short_secret"),
    "signed only, without a secret": ({"identity": "required"}, "identity_secret", "required"),
    "a colour that is none": ({"colour": "teal"}, "colour", "not_colour"),
    "another corner": ({"position": "middle"}, "position", "not_choice"),
    "a size of nothing": ({"file_megabytes": 0}, "file_megabytes", "too_small"),
}


@pytest.mark.parametrize("what", UNFIT)
def test_what_does_not_fit_is_refused_by_its_field(boss, what):
    """In words, in both languages."""
    options, field, reason = UNFIT[what]
    with pytest.raises(BadOption) as refused:
        made(boss, **options)
    assert (refused.value.values["field"], refused.value.values["reason"]) == (field, reason)
    for language in texts.LANGUAGES:
        assert texts.say(f"channels_webchat.field.{field}", language) in refused.value.sentence(language)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_field_has_its_words(language):
    """Name, hint, group, and each option."""
    for field in shown.kind(KIND, language)["fields"]:
        assert field["name"] != field["key"]
        assert field["hint"]
        assert field["group_name"]
        assert all(option["name"] != option["code"] for option in field["options"])


@pytest.fixture
def page():
    """A shop's server that answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_test_button_says_what_is_missing(boss, page):
    """The house's own address, then pages that do not answer."""
    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.1/32"])
    account = made(boss, origins=[page])
    assert KIND.check(account).code == "no_public_url"
    settings.put(SYSTEM, "channels.public_url", "https://help.shop.example")
    assert (KIND.check(account).ok, KIND.check(account).code) == (True, "ok")
    account.options = {"origins": ["http://127.0.0.1:1"]}
    found = KIND.check(account)
    assert (found.ok, found.code, found.values["origin"]) == (False, "page_silent", "http://127.0.0.1:1")
    for options, code in (({}, "own_pages_only"), ({"origins": ["*"]}, "everywhere")):
        account.options = options
        assert (KIND.check(account).ok, KIND.check(account).code) == (True, code)
    for code in ("ok", "own_pages_only", "everywhere", "no_public_url", "page_silent"):
        assert all(texts.known(f"channels_webchat.check.{code}") for _ in texts.LANGUAGES)


def test_who_never_wrote_is_forgotten(site):
    """After a week; who wrote when the token is past its time."""
    silent, talking = Visitor(site), arrived(site)
    silent.hello()
    with clock.frozen(clock.now() + timedelta(days=6)):
        jobs.tidy()
        assert Known.objects.count() == 2
    with clock.frozen(clock.now() + timedelta(days=8)):
        jobs.tidy()
        assert [row.conversation_id is not None for row in Known.objects.all()] == [True]
    with clock.frozen(clock.now() + timedelta(days=181)):
        jobs.tidy()
    assert (Known.objects.count(), Conversation.objects.count()) == (0, 1)
    assert talking("GET", "state").status_code == 401


def test_an_export_has_the_browsers(site):
    """Where they were, what they typed; no token."""
    site.options = {"ask_phone": "optional"}
    site.save()
    visitor = Visitor(site)
    visitor.hello(page={"url": "https://shop.example/cart", "title": "Cart"})
    visitor.say("Hello", form={"phone": "+86 138 0013 8000"})
    customer = Conversation.objects.get().customer_id
    held = [record for holder in holdings.all_() if holder.part == "webchat" for record in holder.records([customer])]
    assert [(section, row["page_url"], row["typed"]) for section, row in held] == [
        ("visitors", "https://shop.example/cart", {"phone": "+86 138 0013 8000"})
    ]
    assert "token" not in held[0][1]

"""The widget's file for pages of any origin, and the demonstration's shop that holds it."""

import pytest
from django.test import Client
from django.test.client import ClientHandler
from tests import build

from servewell.apps.base import ids
from servewell.apps.channels.frame.models import Account
from servewell.site.demo import chat


@pytest.fixture
def built(settings, tmp_path):
    """A build of the screens: the workspace, the widget, the shop."""
    (tmp_path / "widget").mkdir()
    (tmp_path / "index.html").write_text("<p>workspace</p>")
    (tmp_path / "shop.html").write_text('<script src="/widget/v1.js" data-site="__CHAT__" async></script>')
    (tmp_path / "widget" / "v1.js").write_text("let first")
    settings.DIST = tmp_path
    return tmp_path


def browser():
    """One that talks to a site which looked through its files just now."""
    client = Client()
    client.handler = ClientHandler()
    return client


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_it_works(built):
    """Any page may load it; it is asked for anew soon, and sent only when it is another."""
    client = browser()
    first = client.get("/widget/v1.js", headers={"Origin": "https://shop.example"})
    assert (first.status_code, body(first)) == (200, b"let first")
    assert first["Content-Type"].startswith("text/javascript")
    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert first["Access-Control-Allow-Origin"] == "*"
    again = client.get("/widget/v1.js", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, "public, max-age=300")


def test_a_new_build_is_noticed(built):
    """Without a restart, whole."""
    client = browser()
    body(client.get("/widget/v1.js"))
    (built / "widget" / "v1.js").write_text("let second = 'a longer one'")
    assert body(client.get("/widget/v1.js")) == b"let second = 'a longer one'"


def test_what_is_not_there_is_no_page(built):
    """A script tag is not answered with the workspace."""
    assert browser().get("/widget/v2.js").status_code == 404


def test_the_rest_is_only_our_own(built):
    assert "Access-Control-Allow-Origin" not in browser().get("/")


def test_the_shop_is_there_in_a_demonstration_only(built, settings):
    """It names the chat whose id stays."""
    settings.DEMO = False
    assert browser().get("/demo/shop").status_code == 404
    settings.DEMO = True
    answer = browser().get("/demo/shop")
    assert (answer.status_code, f'data-site="{chat.SITE}"' in answer.content.decode()) == (200, True)
    assert browser().get("/shop.html").content == b"<p>workspace</p>"


def test_a_chat_is_tried_by_who_works_here(built):
    """The same shop with any chat in it; a stranger finds no such page."""
    site = ids.new()
    assert browser().get(f"/preview/{site}").status_code == 404
    client = browser()
    client.force_login(build.person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(f"/preview/{site}")
    assert (answer.status_code, f'data-site="{site}"' in answer.content.decode()) == (200, True)


def test_the_shops_chat_is_made_once(db):
    assert [chat.open_(), chat.open_()] == [True, False]
    assert Account.objects.get().channel == "webchat"

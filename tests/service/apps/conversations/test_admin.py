"""What do administrators see of conversations under /admin/? How the work stands, and no customer's word."""

import pytest
from django.test import Client
from tests import build
from tests.service.apps.conversations.desk import Desk

from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import Change
from servewell.apps.conversations.models import SavedView

SECRET = "Xyzzy"


@pytest.fixture
def client(desk: Desk) -> Client:
    browser = Client()
    root = build.person("root", "administrator")
    browser.force_login(root, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_it_works(desk: Desk, client: Client) -> None:
    """Every list and every row opens, and nothing personal stands on it."""
    case = desk.received(SECRET, subject=SECRET, customer_name=SECRET, thread=SECRET)
    names = {"en": "Shop", "zh-Hans": "门店"}
    field, tag = (
        actions.create_field(desk.who("boss"), "shop", names, "text"),
        actions.create_tag(desk.who("boss"), "Late"),
    )
    actions.change(desk.who("lin"), case, Change(fields={"shop": SECRET}, tags_add=(tag.id,)))
    done = actions.bulk(desk.who("boss"), Change(priority="high"), chosen={case: None})
    view = SavedView.objects.create(name="Mine", owner=desk.lin)
    rows = {"conversation": case, "field": field.id, "tag": tag.id, "bulk": done.operation, "savedview": view.id}
    for model, row in rows.items():
        for path in (f"/admin/conversations/{model}/", f"/admin/conversations/{model}/{row}/change/"):
            page = client.get(path)
            assert page.status_code == 200, path
            assert SECRET not in page.content.decode(), path


@pytest.mark.parametrize("model", ["conversation", "tag", "field", "savedview", "bulk"])
def test_nothing_is_added_there(desk: Desk, client: Client, model: str) -> None:
    assert client.get(f"/admin/conversations/{model}/add/").status_code == 403

"""The administration pages: what can be done there that nobody would hear of?"""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from tests.service.apps.people.helpers import person, signed_in

from servewell.apps.people.models import Role

OURS = "servewell."
HARMLESS = {"procrastinate.contrib.django.admin"}  # tries a job again: what it does then, verbs do and record


@pytest.fixture
def request_of_an_administrator(rf: RequestFactory):
    """Whoever may the most."""
    request = rf.get("/admin/")
    request.user = person("wang", Role.ADMINISTRATOR)
    return request


def test_it_works():
    """An administrator sees people there."""
    browser = signed_in(person("wang", Role.ADMINISTRATOR))
    assert "wang" in browser.client.get("/admin/people/user/").content.decode()


def test_no_form_changes_anything(request_of_an_administrator):
    """Whichever application registered it: a form would change rows without an event."""
    registered = admin.site._registry
    assert len(registered) >= 5
    for model, page in registered.items():
        allowed = [
            page.has_add_permission(request_of_an_administrator),
            page.has_change_permission(request_of_an_administrator),
            page.has_delete_permission(request_of_an_administrator),
        ]
        assert allowed == [False, False, False], model._meta.label


def test_the_only_other_actions_are_verbs(request_of_an_administrator):
    """Those of our own pages; a strange one, such as deleting what is chosen, is not offered."""
    for model, page in admin.site._registry.items():
        for action, _, _ in page.get_actions(request_of_an_administrator).values():
            module = action.__module__
            assert module.startswith(OURS) or module in HARMLESS, (model._meta.label, action)


@pytest.mark.parametrize("place", ["mfa/authenticator", "account/emailaddress", "auth/group"])
def test_second_factors_are_not_there(place):
    """Only `reset_second_factor` takes one away, and the journal remembers it."""
    browser = signed_in(person("wang", Role.ADMINISTRATOR))
    assert browser.client.get(f"/admin/{place}/").status_code == 404

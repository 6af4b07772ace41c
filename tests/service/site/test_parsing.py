"""What may a request hold before a room sees it?"""

import json

import pytest
from django.core.cache import cache
from tests.service.apps.people.helpers import person, signed_in

from servewell.apps.people.models import Team

TEAMS = "/api/v1/people/teams"


@pytest.fixture
def boss(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return signed_in(person("wang", "administrator"))


def send(boss, raw, path=TEAMS, method="POST"):
    token = {"X-CSRFToken": boss.client.cookies["csrftoken"].value}
    return boss.client.generic(method, path, raw, content_type="application/json", headers=token)


def test_it_works(boss):
    """What no database keeps is taken out, and the rest is kept."""
    answer = send(boss, r'{"name": "N\u0000ight\ud800"}')
    assert (answer.status_code, answer.json()["name"]) == (201, "Night\ufffd")
    assert Team.objects.get().name == "Night\ufffd"
    assert send(boss, b'{"name": "\xed\xa0\x80"}').status_code == 201  # written as if it were UTF-8


@pytest.mark.parametrize(
    ("raw", "status", "name"),
    [
        (b'{"name": NaN}', 422, "base-json-unfit"),
        (b'{"name": Infinity}', 422, "base-json-unfit"),
        (b'{"name": 1e999}', 422, "base-json-unfit"),
        (b'{"name": 9223372036854775808}', 422, "base-json-unfit"),
        (b'{"name": ' + b"1" * 5000 + b"}", 400, "site-malformed"),
        (b'{"x": ' + b"[" * 60 + b"]" * 60 + b"}", 422, "base-json-unfit"),
        (b"[" * 200_000, 400, "site-malformed"),  # deeper than any reader goes
        (b'{"name": "\xff\xfe"}', 400, "site-malformed"),  # no UTF-8
        (b"", 422, "site-invalid"),
        (b"null", 422, "site-invalid"),
        (b'"x"', 422, "site-invalid"),
        (b"[]", 422, "site-invalid"),
    ],
    ids=lambda given: str(given)[:24],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(boss, raw, status, name):
    answer = send(boss, raw)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/errors/{name}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/people/users?cursor=x%00"),
        ("GET", "/api/v1/people/users?cursor=%ED%A0%80"),
        ("PATCH", "/api/v1/settings/a%00b"),  # in an address: the room asks the database for it
        ("PATCH", "/api/v1/settings/%ED%A0%80"),
    ],
)
def test_an_address_with_nul_or_half_a_character_is_no_fault_of_ours(boss, method, path):
    answer = send(boss, json.dumps({"value": "x"}), path, method)
    assert 400 <= answer.status_code < 500, answer.content


def test_who_is_signing_in_under_an_impossible_name_is_told_no(boss):
    """Sign-in is not ours alone: its own forms are to refuse."""
    from tests.service.apps.people.helpers import LOGIN, Browser

    for name in ("a\x00b", "a\ud800b"):
        answer = Browser()("POST", LOGIN, {"username": name, "password": "x" * 12})
        assert 400 <= answer.status_code < 500, (name, answer.content)

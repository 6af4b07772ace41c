"""Files of visitors: sent within limits, seen by a link that opens one file for an hour, by nobody else."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from tests import build
from tests.service.apps.channels.webchat.widget import Visitor, arrived, chat

from servewell.apps.base import clock, settings
from servewell.apps.base.models import Attachment
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Message, MessageAttachment

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def fetched(url, **headers):
    answer = Client().get(url, headers=headers)
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_it_works(site, lin):
    """A picture goes with a message; the page shows it without a header, and so does one of ours."""
    visitor = arrived(site)
    sent = visitor.upload("label.png", PNG, "image/png")
    assert sent.status_code == 201, sent.content
    assert visitor.say("", files=[sent.json()["id"]]).status_code == 201
    ours = actions.reply(lin, UUID(visitor.last["conversation"]), text="See", attachments=[build.attachment().id])
    seen = visitor.messages()["items"][1:]
    assert [file["name"] for one in seen for file in one["files"]] == ["label.png", "note.txt"]
    answer, data = fetched(seen[0]["files"][0]["url"])
    assert (answer.status_code, data, answer["Content-Type"]) == (200, PNG, "image/png")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "sandbox" in answer["Content-Security-Policy"]
    answer, data = fetched(seen[1]["files"][0]["url"])
    assert (data, answer["Content-Disposition"].startswith("attachment")) == (b"hello", True)
    assert ours.position == 3


def test_a_link_opens_its_own_file_for_its_own_visitor_within_the_hour(site):
    """Changed anywhere, or later, it opens nothing."""
    visitor = arrived(site)
    one, other = (visitor.upload(f"{name}.png", PNG + name.encode(), "image/png").json() for name in "ab")
    url = one["url"]
    assert fetched(url)[0].status_code == 200
    query = parse_qs(urlsplit(url).query)
    changed = {
        "another file": url.replace(one["id"], other["id"]),
        "another visitor": url.replace(query["visitor"][0], other["id"]),
        "a longer time": url.replace(query["until"][0], str(int(query["until"][0]) + 999)),
        "another key": url.replace(query["key"][0], "0" * 64),
        "a key that is no key": url.replace(query["key"][0], "é"),
        "another site": url.replace(str(site.id), str(chat(name="Other").id)),
    }
    for what, address in changed.items():
        answer = fetched(address)[0]
        assert (answer.status_code, answer.json()["type"]) == (404, "/errors/channels_webchat-no-such-file"), what
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert fetched(url)[0].status_code == 404


def test_a_file_of_another_is_no_file(site):
    """Neither a visitor's, nor one of ours, nor one that a message carries; but a message sent again has its own."""
    visitor, other = arrived(site), arrived(site)
    own = visitor.upload("a.txt", b"a").json()["id"]
    body = {"client_id": "018f0000-0000-7000-8000-000000000001", "text": "", "files": [own]}
    assert [visitor("POST", "messages", body).status_code for _ in range(2)] == [201, 200]
    theirs = other.upload("b.txt", b"b").json()["id"]
    for file in (theirs, str(build.attachment().id), own, "018f0000-0000-7000-8000-00000000dead"):
        refused = visitor.say("Look", files=[file])
        assert (refused.status_code, refused.json()["type"]) == (422, "/errors/channels_webchat-file-unfit")
    assert MessageAttachment.objects.count() == 1


def test_files_have_limits(site):
    """In size, in kind, in number, and an administrator may want none."""
    visitor = arrived(site)
    site.options = {"file_megabytes": 1}
    site.save()
    large = visitor.upload("large.bin", b"x" * (2**20 + 1))
    assert (large.status_code, large.json()["megabytes"]) == (413, 1)
    for name, data in (("run.exe", b"MZ" + b"\0" * 99), ("run.bat", b"del *"), ("page.html", b"<script>")):
        assert visitor.upload(name, data).json()["type"] == "/errors/channels_webchat-file-unfit", name
    assert visitor.upload("empty.txt", b"").status_code == 422
    assert Attachment.objects.count() == 0
    settings.put(SYSTEM, "channels_webchat.files_per_hour", 2)
    fresh = arrived(site)
    with clock.frozen(clock.now()):
        answers = [fresh.upload(f"{number}.txt", b"x") for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2]["Retry-After"] == "1800"
    site.options = {"files": False}
    site.save()
    assert visitor.upload("a.txt", b"a").status_code == 422
    many = [str(build.attachment().id) for _ in range(6)]
    assert visitor.say("x", files=many).json()["type"] == "/errors/channels_webchat-file-unfit"


def test_nobody_sends_files_without_a_token(site):
    assert Visitor(site).upload("a.txt", b"a").status_code == 401
    assert Visitor(site, "x" * 43).upload("a.txt", b"a").status_code == 401


# --- Whatever is sent ----------------------------------------------------------------------------------------------

NASTY = {
    "NUL": "a\x00b",
    "control characters": "\x01\x02\x1b[31m\x7f\u202e",
    "a lone surrogate": "\ud800",
    "300 characters": "长" * 300,
    "a huge number": 10**30,
    "minus one": -1,
    "a fraction": 1e308,
    "a list": ["x"] * 3,
    "an object": {"a": {"b": None}},
    "true": True,
    "nothing": None,
    "no text": "",
    "a date of the year 9999": "9999-12-31T23:59:59Z",
    "a date without a zone": "2026-01-01T00:00:00",
}
BODIES = {
    ("POST", "visitors"): {"identity": "", "language": "en", "page": {"url": "u", "title": "t", "referrer": "r"}},
    ("POST", "messages"): {
        "client_id": "018f0000-0000-7000-8000-000000000001",
        "text": "Hello",
        "files": [],
        "form": {"email": "a"},
        "page": {"url": "u"},
        "wrote_at": "2026-11-22T15:01:59Z",
        "language": "en",
    },
    ("POST", "typing"): {"state": "typing"},
    ("POST", "read"): {"conversation": "018f0000-0000-7000-8000-000000000001", "position": 1},
    ("POST", "transcript"): {"email": "a@example.com"},
}


@pytest.mark.parametrize(("method", "path"), BODIES, ids=lambda value: value)
def test_whatever_is_sent_is_no_fault_of_ours(site, method, path):
    """Each field of each body with all that is unfit, and whole bodies that are none."""
    settings.put(SYSTEM, "channels_webchat.messages_per_minute", 600)
    settings.put(SYSTEM, "channels_webchat.requests_per_minute", 10_000)
    settings.put(SYSTEM, "channels_webchat.hellos_per_minute", 10_000)
    visitor, body = arrived(site), BODIES[method, path]
    for field in body:
        for what, value in NASTY.items():
            answer = visitor(method, path, {**body, field: value})
            assert answer.status_code < 500, (field, what, answer.content)
    for whole in (None, [], "x", 1, {}, {"x": {"y": []}}):
        assert visitor(method, path, whole).status_code < 500
    assert not Message.objects.filter(text__contains="\u202e").exists()


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "limit=0", "limit=101", "before=99999999999", "conversation=x"]
)
def test_a_part_that_cannot_be_is_refused_in_words(site, query):
    answer = arrived(site)("GET", f"messages?{query}")
    assert (answer.status_code, answer.json()["type"]) == (422, "/errors/site-invalid")


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000, "é" * 43, "\x01" * 40, "a b c"])
def test_a_token_that_is_none_opens_nothing(site, token):
    answer = Visitor(site)("GET", "state", Authorization=f"Visitor {token}")
    assert (answer.status_code, answer.json()["type"]) == (401, "/errors/channels_webchat-no-visitor")


def test_a_site_that_is_none_is_told_apart(site):
    visitor = arrived(site)
    gone = visitor("GET", f"/api/v1/channels/webchat/{build.attachment().id}/state")
    assert (gone.status_code, gone.json()["type"]) == (404, "/errors/channels_webchat-no-such-site")

"""What comes of bad input over HTTP? What a customer sent is kept, a person is told what to do; never 5xx."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import build
from tests.build import rolled_back
from tests.service.apps.people.helpers import Browser, person, signed_in
from tests.service.site.endpoints import ENDPOINTS, MAKERS, Endpoint, Whose

from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions
from servewell.apps.conversations.models import Message, MessageAttachment
from servewell.apps.customers.models import Customer
from servewell.apps.people.models import Team

ROOM = "/api/v1/conversations"
MEGABYTE = "龙" * (2**20 // 3)
NOBODY = "00000000-0000-7000-8000-00000000dead"
WRITES = [endpoint for endpoint in ENDPOINTS if isinstance(endpoint.body, dict)]
NASTY: dict[str, Any] = {
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
    "not an id": "not-an-id",
    "another id": NOBODY,
}


@pytest.fixture(autouse=True)
def _quick(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss(db: None) -> Browser:
    return signed_in(person("boss", "administrator"))


@pytest.fixture
def one(db: None) -> Any:
    """A conversation."""
    return actions.receive(SYSTEM, build.inbound("Where is my parcel?")).conversation_id


def incoming(boss: Browser, **body: Any) -> Any:
    known = {"channel": "api", "text": "Hello", "identities": [{"kind": "email", "value": "wang@example.com"}]}
    return boss("POST", f"{ROOM}/incoming", known | body)


def said(answer: Any) -> Message:
    assert answer.status_code == 201, answer.content
    return Message.objects.get(pk=answer.json()["message"])


def test_it_works(boss):
    assert said(incoming(boss, text="Where is my parcel?")).text == "Where is my parcel?"


# What a customer sends is never refused for its form: it is kept, made harmless, and shortened where it must be.
KEPT = {
    "NUL goes": ({"text": "a\x00b"}, "ab"),
    "control characters go, lines stay": ({"text": "a\x01\x1b\nb"}, "a\nb"),
    "a lone surrogate goes or is replaced": ({"text": "a\ud800b"}, None),
    "text that runs backwards": ({"text": "\u202eabc"}, None),
    "a megabyte is cut": ({"text": MEGABYTE}, None),
    "HTML of a megabyte is cut": ({"text": "", "html": f"<p>{MEGABYTE}</p>"}, None),
    "scripts go": ({"text": "", "html": "<p onclick=alert(1)>Hi<script>alert(1)</script></p>"}, "Hi"),
    "HTML nested without end": ({"text": "", "html": "<div>" * 20_000 + "Hi"}, None),
    "a name of 300 characters": ({"customer_name": "王" * 300}, "Hello"),
    "a subject of 10,000 characters": ({"subject": "x" * 10_000}, "Hello"),
    "an id of 5,000 characters": ({"external_id": "x" * 5_000, "source": "shop", "thread": "y" * 5_000}, "Hello"),
    "a source of 5,000 characters": ({"source": "x" * 5_000}, "Hello"),
    "written in the year 9999": ({"occurred_at": "9999-12-31T23:59:59Z"}, "Hello"),
    "written in the year 1": ({"occurred_at": "0001-01-01T00:00:00Z"}, "Hello"),
    "a language that is none": ({"language": "'; drop table"}, "Hello"),
    "nothing but spaces": ({"text": " \n\t "}, None),
}
PHONES = (
    *("13800138000", "+86 138-0013-8000", "(021) 6234 5678", "0049 30 123456", "１３８００１３８０００"),
    *("tel:+1-202-555-0143;ext=7", "call me", "", "+", "0" * 500, "123", "一三八", "+86 138\x000013 8000"),
)


@pytest.mark.parametrize("name", KEPT)
def test_what_a_customer_sends_is_kept(boss, name):
    body, text = KEPT[name]
    message = said(incoming(boss, **body))
    assert text is None or message.text == text
    assert "\x00" not in message.text
    assert "<script" not in message.html
    assert "onclick" not in message.html
    assert len(message.text) <= 100_000


def test_the_whole_of_a_megabyte_is_kept_as_a_file(boss):
    message = said(incoming(boss, text=MEGABYTE))
    assert message.cut
    file = MessageAttachment.objects.get(message=message).attachment
    assert file.size == len(MEGABYTE.encode())


@pytest.mark.parametrize("phone", PHONES, ids=repr)
def test_a_phone_of_any_shape_is_a_customer(boss, phone):
    """One that cannot be read is kept as it was given; the same again is the same customer."""
    mail = {"kind": "email", "value": "wang@example.com"}
    given = [{"kind": "phone", "value": phone}, *([] if phone.strip() else [mail])]
    assert said(incoming(boss, identities=given)).author == said(incoming(boss, identities=given)).author
    assert Customer.objects.count() == 1


# What one of us types is refused, in words, so that nothing is lost that they do not know of. {one} is a conversation.
REFUSED: dict[str, tuple[str, str, Any, int]] = {
    "a reply of a megabyte": ("POST", "/{one}/messages", {"text": MEGABYTE}, 422),
    "a note of a megabyte": ("POST", "/{one}/notes", {"text": MEGABYTE}, 422),
    "a reply without words": ("POST", "/{one}/messages", {"text": " \x00 "}, 422),
    "a subject of 3,000 characters": ("PATCH", "/{one}", {"subject": "x" * 3_000}, 422),
    "a tag of 300 characters": ("POST", "/tags", {"name": "x" * 300}, 422),
    "a tag of nothing": ("POST", "/tags", {"name": " \x00\u200b "}, 422),
    "a field whose key is a sentence": ("POST", "/fields", {"key": "a b; c", "names": {}, "kind": "text"}, 422),
    "a choice without options": ("POST", "/fields", {"key": "a", "names": {"en": "A"}, "kind": "choice"}, 422),
    "a status that is none": ("PATCH", "/{one}", {"status": "lost"}, 422),
    "a priority that is a number": ("PATCH", "/{one}", {"priority": 4}, 422),
    "a field that is not there": ("PATCH", "/{one}", {"fields": {"nothing": 1}}, 422),
    "a tag that is not there": ("PATCH", "/{one}", {"tags_add": [NOBODY]}, 422),
    "an assignee who is not there": ("POST", "/{one}/assign", {"assignee": NOBODY}, 422),
    "a team that is not there": ("POST", "/{one}/assign", {"team": NOBODY}, 422),
    "snoozed until yesterday": ("PATCH", "/{one}", {"snoozed_until": "2020-01-01T00:00:00Z"}, 422),
    "snoozed for ever": ("PATCH", "/{one}", {"snoozed_until": "9999-12-31T23:59:59Z"}, 422),
    "a file that was never sent": ("POST", "/{one}/messages", {"text": "a", "attachments": [NOBODY]}, 422),
    "merged into itself": ("POST", "/{one}/merge", {"into": "{one}"}, 422),
    "merged into nothing": ("POST", "/{one}/merge", {"into": NOBODY}, 404),
    "linked to itself": ("POST", "/{one}/links", {"other": "{one}"}, 422),
    "a message of no conversation split off": ("POST", "/{one}/split", {"messages": [NOBODY]}, 404),
    "a customer who is not there": ("POST", "", {"customer": NOBODY, "channel": "email"}, 404),
    "a channel that is none": ("POST", "/incoming", {"channel": "pigeon", "text": "Hello"}, 422),
    "nobody wrote": ("POST", "/incoming", {"channel": "api", "text": "Hello"}, 422),
    "read to no end": ("PUT", "/{one}/read", {"position": 10**30}, 422),
    "a search of 10,000 characters": ("GET", "/search?words=" + "x" * 10_000, None, 422),
    "an id that is none": ("GET", "/not-an-id", None, 404),
    "a number that is none": ("GET", "/by-number/one", None, 422),
    "a cursor that is none": ("GET", "/{one}/messages?cursor=made-up", None, 400),
    "a page of a million": ("GET", "/{one}/messages?limit=1000000", None, 422),
    "a filter that is none": ("GET", "?status=lost", None, 422),
    "a bulk of nothing": ("POST", "/bulk", {"conversations": [], "change": {}}, 422),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_one_of_us_types_is_refused_in_words(boss, one, name):
    method, path, body, status = REFUSED[name]
    sent = json.loads(json.dumps(body).replace("{one}", str(one)))
    answer = boss(method, ROOM + path.replace("{one}", str(one)), sent)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    assert len(answer.json()["title"]) > 5


@pytest.mark.parametrize("words", ["。，！？", "***", '"', "''''", "\x00", "🙂🙂", "%_\\", " ", "a OR (b AND"])
def test_a_search_for_odd_signs_finds_nothing_and_says_so(boss, one, words):
    """Or finds what is there; in any case it is a page."""
    from urllib.parse import quote

    answer = boss("GET", f"{ROOM}/search?words={quote(words)}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["total"] == len(answer.json()["items"])


def test_mentions_of_absent_people_do_not_stop_a_note(boss, one):
    answer = boss("POST", f"{ROOM}/{one}/notes", {"text": "@ghost look", "mentions": [NOBODY, NOBODY]})
    assert (answer.status_code, answer.json()["unknown"]) == (201, [NOBODY])


FILES = {
    "HTML that says it is a picture": ("cat.png", "image/png", b"<script>alert(1)</script>", "text/plain"),
    "SVG, which can act": ("cat.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", "text/plain"),
    "a program that says it is a text": (
        "a.txt",
        "text/plain",
        b"MZ\x90\x00\x03",
        "application/vnd.microsoft.portable-executable",
    ),
    "a name that climbs": ("../../etc/passwd", "text/plain", b"root", "text/plain"),
    "no name": (" . ", "", b"a", "text/plain"),
    "nothing in it": ("a.txt", "text/plain", b"", "application/octet-stream"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_lies_is_what_its_bytes_are(boss, name):
    """It is served as a download, from where nothing in it can act."""
    called, claimed, data, kind = FILES[name]
    sent = _upload(boss, SimpleUploadedFile(called, data, claimed))
    if sent.status_code == 201:
        assert sent.json()["media_type"] == kind
        assert "/" not in sent.json()["name"]
        got = boss.client.get(sent.json()["url"])
        assert got["Content-Disposition"].startswith("attachment")
        got.close()
    else:
        assert (sent.status_code, sent["Content-Type"]) == (422, "application/problem+json"), sent.content


def test_a_zip_bomb_is_a_file_like_any_other(boss):
    """It is kept and never opened; as a log it is refused before it grows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    sent = _upload(boss, SimpleUploadedFile("bomb.zip", packed.getvalue(), "application/zip"))
    assert (sent.status_code, sent.json()["size"]) == (201, len(packed.getvalue()))
    refused = _upload(boss, SimpleUploadedFile("bomb.xlsx", packed.getvalue()), "/api/v1/insight/uploads")
    assert 400 <= refused.status_code < 500, refused.content


def _upload(boss: Browser, file: SimpleUploadedFile, path: str = f"{ROOM}/attachments") -> Any:
    token = boss.client.cookies["csrftoken"].value
    return boss.client.post(path, {"file": file}, headers={"X-CSRFToken": token})


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "1", '"a"', "[" * 100_000, '{"a":' * 5_000, "\x00", "NaN"])
def test_a_body_that_is_no_object_is_refused(boss, one, body):
    """Whatever JSON it is, or is not."""
    headers = {"X-CSRFToken": boss.client.cookies["csrftoken"].value}
    for path in (f"/{one}/messages", "/incoming", f"/{one}/merge"):
        answer = boss.client.post(ROOM + path, body, content_type="application/json", headers=headers)
        assert 400 <= answer.status_code < 500, (path, answer.content)
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("endpoint", WRITES, ids=lambda endpoint: endpoint.name)
def test_no_field_of_any_endpoint_breaks_on_nasty_values(boss, endpoint):
    """Each field of each write in turn holds each of them; whatever is answered is no fault of ours."""
    home = Team.objects.create(name="home")
    whose, made = Whose(None, home, person("maker", "administrator")), {}
    for place in endpoint.places:
        made[place] = MAKERS[place](whose, made)
    path, body = endpoint.filled({name: value for name, value in made.items() if value is not None})
    for field in body:
        for name, value in NASTY.items():
            with rolled_back():
                answer = boss(endpoint.method, path, {**body, field: value})
            assert answer.status_code < 500, (field, name, answer.content)


def test_every_endpoint_with_a_body_is_tried() -> None:
    assert len(WRITES) >= 30
    assert all(isinstance(one, Endpoint) for one in WRITES)

"""Do files come through a real web process: whole, in parts, and as nothing that acts?"""

import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from tests import build
from tests.service.site.serving import Web, web

from servewell.apps.base import attachments
from servewell.apps.base.models import Attachment, Outgoing
from servewell.apps.conversations.models import Conversation, Message, MessageAttachment
from servewell.apps.people import actions
from servewell.apps.webhooks import actions as webhooks

LARGE = bytes(range(256)) * 4096  # 1 MB: more than the bridge keeps in memory


@pytest.fixture
def served(database_url: str) -> Iterator[Web]:
    with web(database_url) as running:
        yield running


def key(boss: Any) -> str:
    return actions.create_key(boss, "k", ["conversations.read", "conversations.write"], None)[1]


def film() -> Attachment:
    """Return a large file that a message carries."""
    kept = attachments.store(io.BytesIO(b"\x1aE\xdf\xa3" + LARGE), "film.webm", "video/webm")
    conversation = Conversation.objects.create(customer=build.customer(), channel="email")
    message = Message.objects.create(conversation=conversation, position=1, author_kind="customer", delivery="received")
    MessageAttachment.objects.create(message=message, attachment=kept)
    return kept


def ask(url: str, text: str, data: bytes | None = None, **headers: str) -> Any:
    given = {"Authorization": f"Bearer {text}", **headers}
    return urllib.request.urlopen(urllib.request.Request(url, data, given), timeout=20)  # noqa: S310 - ours


def test_a_file_comes_whole_in_parts_and_not_to_strangers(served: Web) -> None:
    boss = build.person("wang", "administrator").principal()
    text, file = key(boss), film()
    url = f"{served.url}/files/{file.id}/film.webm"
    with ask(url, text) as whole:
        assert (whole.read(), whole.headers["Content-Length"]) == (b"\x1aE\xdf\xa3" + LARGE, str(len(LARGE) + 4))
        assert whole.headers["Content-Disposition"].startswith("attachment")
    with ask(f"{url}?inline=1", text, Range="bytes=300000-899999") as part:
        assert part.status == 206
        assert part.headers["Content-Range"] == f"bytes 300000-899999/{len(LARGE) + 4}"
        assert part.read() == (b"\x1aE\xdf\xa3" + LARGE)[300_000:900_000]
    with pytest.raises(urllib.error.HTTPError) as refusal:
        ask(url, "sw_unknown_key")
    assert refusal.value.code == 401
    refusal.value.close()


def test_a_file_sent_and_a_change_that_a_webhook_wants(served: Web) -> None:
    """A form in pieces on the disk; and a web process, which pools its connections, reads who wants to hear."""
    boss = build.person("wang", "administrator").principal()
    text = key(boss)
    webhooks.create(boss, "https://receiver.example/")
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + LARGE * 3 + b"\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    with ask(f"{served.url}/api/v1/conversations/attachments", text, form, **kind) as answer:
        told = json.load(answer)
    assert (answer.status, told["size"], told["warning"]) == (201, len(LARGE) * 3, "other")
    conversation = Conversation.objects.create(customer=build.customer(), channel="email")
    note = json.dumps({"text": "see", "attachments": [told["id"]]}).encode()
    kind = {"Content-Type": "application/json"}
    with ask(f"{served.url}/api/v1/conversations/{conversation.id}/notes", text, note, **kind) as answer:
        assert answer.status == 201
    types = [row.payload["message"]["type"] for row in Outgoing.objects.filter(kind="webhooks.call")]
    assert "conversation.noted" in types

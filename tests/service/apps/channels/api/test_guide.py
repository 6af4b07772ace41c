"""Does the guide's receiver take our calls as it stands, and is what it shows of a call what we send?"""

import json
import re
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests import build
from tests.service.apps.channels.api.conftest import SECRET, Shop

from servewell.apps.base import outbox, settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions as conversations

GUIDE = Path(__file__).parents[5] / "docs/guide"
BLOCK = re.compile(r"```(python|json)\n(.*?)```", re.DOTALL)


def blocks(language: str) -> dict[str, str]:
    return dict(BLOCK.findall((GUIDE / language / "api-channel.md").read_text(encoding="utf-8")))


def keys_of(value: Any) -> Any:
    """Return the names in a value, without what they hold."""
    if isinstance(value, dict):
        return {name: keys_of(inner) for name, inner in value.items() if name != "identities"}
    return [keys_of(one) for one in value] if isinstance(value, list) else None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_receiver_runs_as_it_stands(shop: Shop, language: str) -> None:
    settings.put(SYSTEM, "base.outbound_allowed", ["127.0.0.1/32"])
    settings.put(SYSTEM, "channels.public_url", "https://help.example")
    shown = blocks(language)
    place: dict[str, Any] = {}
    exec(shown["python"].replace("whsec_...", SECRET), place)  # noqa: S102 - our own guide
    got: list[dict[str, Any]] = []
    place["Receiver"].log_message = lambda *_: None
    is_ours = place["is_ours"]
    place["is_ours"] = lambda headers, body: (got.append(json.loads(body)), is_ours(headers, body))[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), place["Receiver"])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        shop.change(options={"callback_url": url, "callback_secret": SECRET})
        conversation = UUID(shop.says(external_id="m1", thread="ticket-77").json()["conversation"])
        files = [build.attachment().id]
        message = conversations.reply(shop.admin, conversation, text="您好，今天补发。", attachments=files)
        assert outbox.run_due() == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    message.refresh_from_db()
    assert (message.delivery, message.external_id) == ("delivered", f"shop-{message.id}")
    assert place["seen"] == {str(message.id): "您好，今天补发。"}
    assert keys_of(got[0]) == keys_of(json.loads(shown["json"]))


def test_both_guides_show_the_same() -> None:
    assert blocks("en") == blocks("zh")

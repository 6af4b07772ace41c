"""A large file from the customer's page, over a real connection: let in for the link's sake, within a limit."""

import http.client
import json
import os
from contextlib import closing

import pytest
from django.conf import settings as deployment
from tests.service.apps.conversations.desk import Desk
from tests.service.site.serving import web

from servewell.apps.base import settings
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import links

MB = 2**20
BEGIN = MB + 2**16  # bytes of a body after which it is asked whose it is


@pytest.fixture
def served(transactional_db, tmp_path):
    given = {"SERVEWELL_DATA": str(tmp_path), "SERVEWELL_SECRET_KEY": deployment.SECRET_KEY}
    with web(os.environ["SERVEWELL_DATABASE_URL"], **given) as running:
        yield running


def sent(served, token, size, *, begin=None):
    """Send a file of so many bytes, or only its beginning; return status and answer."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n'
    body = head + b"\0\0\0\x18ftypmp42" + b"x" * size + b"\r\n--b--\r\n"
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)) as line:
        line.putrequest("POST", f"/api/v1/channels/case/{token}/files")
        line.putheader("Content-Type", "multipart/form-data; boundary=b")
        line.putheader("Content-Length", str(len(body)))
        line.endheaders(body[:begin])
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())


def test_it_works(served):
    """Whole with a link, however large the house takes them; refused early above that, and to who only guesses."""
    token = links.token_of(Desk().received("Where is my parcel?"))
    status, file = sent(served, token, 2 * MB)
    assert (status, file["size"], file["media_type"]) == (201, 2 * MB + 12, "video/mp4")
    settings.put(SYSTEM, "base.attachment_megabytes", 3)
    status, refusal = sent(served, token, 4 * MB, begin=BEGIN)
    assert (status, refusal["type"], refusal["megabytes"]) == (413, "/errors/base-attachment-too-large", 3)
    status, refusal = sent(served, token[:-2] + "AA", 2 * MB, begin=BEGIN)
    assert (status, refusal["type"]) == (404, "/errors/channels-no-such-link")

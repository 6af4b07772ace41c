"""The one port, with a real server: bodies of every size, files, HEAD, those who leave, and a quick end."""

import http.client
import json
import os
import socket
import threading
import time
from pathlib import Path

import pytest
from tests.service.apps.people.helpers import person
from tests.service.site.serving import web

from servewell.apps.people.models import User

BIG = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def served(django_db_setup, tmp_path_factory):
    """One web process for this file; it refuses bodies over 8 MiB."""
    data = tmp_path_factory.mktemp("web")
    with web(os.environ["SERVEWELL_DATABASE_URL"], SERVEWELL_DATA=str(data), SERVEWELL_MAX_UPLOAD=str(BIG)) as running:
        yield running


@pytest.fixture
def key(transactional_db):
    """The text of an API key that may import logs and manage people."""
    from servewell.apps.people import actions

    boss = person("wang", "administrator")
    return actions.create_key(boss.principal(), "k", ["logs.import", "people.manage"], None)[1]


def ask(served, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_it_works(served):
    """Health, the API, and a page, from one port."""
    assert ask(served, "GET", "/healthz")[0].status == 200
    answer, content = ask(served, "GET", "/api/v1/session")
    assert (answer.status, json.loads(content)["type"]) == (401, "/errors/people-sign-in-needed")
    assert answer.headers["Set-Cookie"].startswith("csrftoken=")


def test_a_write_reaches_the_database(served, key):
    """JSON in, JSON out."""
    body = json.dumps({"username": "lin"})
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    answer, content = ask(served, "POST", "/api/v1/people/users", body, **headers)
    assert (answer.status, json.loads(content)["username"]) == (201, "lin")
    assert User.objects.filter(username="lin").exists()


def test_a_body_in_chunks_is_read(served, key):
    """Without Content-Length."""
    body = json.dumps({"name": "from chunks"}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    answer, content = ask(served, "POST", "/api/v1/people/teams", iter([body[:5], body[5:]]), **headers)
    assert (answer.status, json.loads(content)["name"]) == (201, "from chunks")


def test_a_large_file_goes_through_disk(served, key):
    """Six megabytes arrive; nothing of them stays in the spool."""
    rows = b"case,activity,time\n" + b"1,a,2026-01-01T00:00:00Z\n" * 250_000
    edge = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=edge", "Authorization": f"Bearer {key}"}
    answer, content = ask(served, "POST", "/api/v1/insight/uploads", edge + rows + b"\r\n--edge--\r\n", **headers)
    assert answer.status == 201, content[:500]
    assert json.loads(content)["bytes"] == len(rows)


def test_a_body_above_the_limit_is_refused(served):
    """At once where its length is announced, and in the person's language."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.putrequest("POST", "/api/v1/insight/uploads")
    connection.putheader("Content-Length", str(BIG + 1))
    connection.putheader("Accept-Language", "en")
    connection.endheaders()
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert (answer.status, body["type"], body["limit_bytes"]) == (413, "/errors/site-too-large", BIG)
    assert body["title"].startswith("This is too large")


def test_a_stranger_cannot_fill_the_disk(served):
    """A large body without sign-in is refused while it is being sent."""
    headers = {"Content-Type": "application/octet-stream", "Accept-Language": "en"}
    answer, content = ask(served, "POST", "/api/v1/insight/uploads", iter([b"x" * 65536] * 40), **headers)
    assert (answer.status, json.loads(content)["type"]) == (401, "/errors/people-sign-in-needed")


def test_head_tells_the_length_and_sends_nothing(served):
    """As for GET."""
    path = "/static/admin/css/base.css"
    got, content = ask(served, "GET", path)
    headed, nothing = ask(served, "HEAD", path)
    assert (headed.status, nothing, headed.headers["Content-Length"]) == (200, b"", str(len(content)))
    assert got.status == 200


def test_other_addresses_are_the_workspaces(served):
    """The page at every address, but never in place of a missing file."""
    answer, content = ask(served, "GET", "/logs/123/map")
    assert answer.status in (200, 503)  # 503: the front end is not built here
    assert b"<html" in content or b"<!doctype" in content
    assert ask(served, "GET", "/assets/gone-1a2b.js")[0].status == 404
    assert ask(served, "POST", "/logs")[0].status in (403, 405)


def test_one_who_leaves_in_the_middle_harms_nobody(served):
    """Half a body, then gone; twenty times more often than there are threads."""
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", served.port)) as half:
            half.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
    assert ask(served, "GET", "/healthz")[0].status == 200


def test_slow_senders_hold_no_thread(served):
    """Thirty bodies that drip leave room for a thirty-first request."""
    drips = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(30)]
    for drip in drips:
        drip.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
    began = time.monotonic()
    assert ask(served, "GET", "/healthz")[0].status == 200
    assert time.monotonic() - began < 2
    for drip in drips:
        drip.close()


def test_sixty_at_once_share_the_threads(served):
    """More requests than connections wait their turn, and all are answered."""
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(ask(served, "GET", "/api/v1/session")[0].status))
        for _ in range(60)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [401] * 60


def test_a_foreign_host_name_is_refused(served):
    """Pages under another name cannot talk to a server on this machine."""
    assert ask(served, "GET", "/api/v1/session", Host="evil.example")[0].status == 400


def test_it_ends_quickly(django_db_setup, tmp_path):
    """SIGTERM is obeyed within two seconds."""
    with web(os.environ["SERVEWELL_DATABASE_URL"], SERVEWELL_DATA=str(tmp_path)) as running:
        assert running.stop() < 2
    assert list((Path(tmp_path) / "tmp").iterdir()) == []

"""The built workspace: cached for ever where names carry a hash, fresh elsewhere, and found after a new build."""

from types import SimpleNamespace

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from servewell.site.http import broken, database_is_away
from servewell.site.pages import WorkspaceFiles


@pytest.fixture
def dist(tmp_path, settings):
    """A small build."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1a.js").write_text("1")
    (tmp_path / "index.html").write_text("<!doctype html><title>built</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    settings.DIST = tmp_path
    return tmp_path


def get(path):
    answer = Client().get(path)
    return answer.status_code, answer.get("Cache-Control"), b"".join(answer) if answer.streaming else answer.content


def test_it_works(dist):
    """Assets for ever, the page fresh, at every address."""
    assert get("/assets/index-1a.js") == (200, "max-age=315360000, public, immutable", b"1")
    assert get("/logs/1/map") == (200, "no-cache", b"<!doctype html><title>built</title>")
    assert get("/index.html")[1] == "no-cache"
    assert "immutable" not in get("/favicon.svg")[1]


def test_a_new_build_is_served_without_a_restart(dist):
    """Its page names files that were not there at the start; those of the old one are gone, not a fault."""
    served = WorkspaceFiles(lambda request: None)
    request = Client().get("/").wsgi_request
    (dist / "assets" / "index-2b.js").write_text("2")
    request.path_info = "/assets/index-2b.js"
    answer = served(request)
    assert b"".join(answer) == b"2"
    answer.file_to_stream.close()
    (dist / "assets" / "index-1a.js").unlink()
    request.path_info = "/assets/index-1a.js"
    assert served(request) is None
    assert get("/assets/index-1a.js")[0] == 404


def test_nothing_outside_the_build_is_served(dist):
    """However the address is written."""
    (dist.parent / "secret.js").write_text("secret")
    for path in ("/assets/../../secret.js", "/assets/%2e%2e/%2e%2e/secret.js", "/assets/..%2f..%2fsecret.js"):
        assert b"secret" not in get(path)[2]


def test_without_a_build_the_page_says_so(tmp_path, settings):
    """With what to do next."""
    settings.DIST = tmp_path / "none"
    status, _, content = get("/")
    assert status == 503
    assert "make setup" in content.decode()


def test_without_a_database_nobody_is_told_that_all_is_well(monkeypatch):
    """503 and a sentence, so that a balancer looks elsewhere; no incident is made of what mends itself."""

    def gone():
        raise OperationalError("the connection is closed") from psycopg.OperationalError("gone")

    monkeypatch.setattr("servewell.site.pages.connection", SimpleNamespace(cursor=gone))
    answer = Client(headers={"Accept-Language": "en"}).get("/healthz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == "/errors/site-database-away"


def test_a_refused_statement_is_a_fault_of_ours():
    """Only a lost connection is the database's fault; a cancelled statement has a server behind it."""
    cancelled = OperationalError("cancelled")
    cancelled.__cause__ = psycopg.errors.QueryCanceled("too long")
    assert not database_is_away(cancelled)
    assert not database_is_away(ValueError())
    assert database_is_away(OperationalError("no connection"))


@pytest.mark.parametrize("name", ["DeadlockDetected", "SerializationFailure", "LockNotAvailable"])
def test_who_was_given_up_for_others_is_asked_to_try_again(rf, name):
    """Two changes that waited for each other are nobody's mistake: 503, when to come again, and no incident."""
    lost = OperationalError("deadlock detected")
    lost.__cause__ = getattr(psycopg.errors, name)("deadlock detected")
    answer = broken(rf.post("/", headers={"Accept-Language": "en"}), lost)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert b"/errors/site-contended" in answer.content
    assert b"incident" not in answer.content


def test_a_customers_page_is_kept_nowhere(dist):
    """Its address is a key: not cached, not found, not told to other pages; and whatever the token, the same page."""
    (dist / "case.html").write_text("<!doctype html><title>case</title>")
    for token in ("AQAAAZrHxKsfRSU7thPCSKV7wAk105d2sEvSL8paIgunOEE", "x", "%00"):
        answer = Client().get(f"/case/{token}")
        assert answer.content == b"<!doctype html><title>case</title>"
        assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert "noindex" in answer["X-Robots-Tag"]
        assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert Client().get("/case/").status_code == 404
    assert Client().get("/case.html").content != b""  # the workspace's router says that there is nothing

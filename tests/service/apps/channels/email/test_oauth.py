"""Without a password: a long token buys short ones, from a real token server, for Dovecot and SMTP alike."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests import mailservers
from tests.mailservers import Dovecot, Smtp

from servewell.apps.base import clock
from servewell.apps.channels.email import imap, oauth, options
from servewell.apps.channels.email import smtp as sending
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.frame.models import Account


@dataclass
class TokenServer:
    """Gives tokens for a refresh token, and tells Dovecot whose they are."""

    port: int = 0
    refresh_token: str = "long-1"
    rotates: bool = False  # gives a new refresh token each time, and takes the old one no more
    lives_s: Any = 3600
    status: int = 200
    given: list[str] = field(default_factory=list)  # access tokens, oldest first
    good: dict[str, str] = field(default_factory=dict)  # access token to the mailbox it opens
    forms: list[dict[str, str]] = field(default_factory=list)  # what it was asked
    address: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def tokeninfo(self) -> str:
        return f"http://127.0.0.1:{self.port}/info?access_token="

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.forms.append(form)
        if self.status != 200:
            return self.status, {"error": "temporarily_unavailable"}
        if form.get("refresh_token") != self.refresh_token or form.get("client_id") != "app":
            return 400, {"error": "invalid_grant", "error_description": "the token was revoked"}
        token = f"short-{len(self.given) + 1}"
        self.given.append(token)
        self.good[token] = self.address
        answer: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "expires_in": self.lives_s}
        if self.rotates:
            self.refresh_token = f"long-{len(self.given) + 1}"
            answer["refresh_token"] = self.refresh_token
        return 200, answer

    def info(self, token: str) -> tuple[int, dict[str, Any]]:
        if token not in self.good:
            return 400, {"error": "invalid_token"}
        return 200, {"email": self.good[token], "active": "true"}


@contextmanager
def serving(server: TokenServer) -> Iterator[TokenServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(*server.token({key: values[0] for key, values in parse_qs(body).items()}))

        def do_GET(self) -> None:
            self._say(*server.info(parse_qs(urlsplit(self.path).query)["access_token"][0]))

        def log_message(self, *_: Any) -> None:
            return

        def _say(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.port = http.server_port
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            http.shutdown()


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[TokenServer, Dovecot]]:
    """A token server, and a Dovecot that asks it; started once, its memory emptied for each test."""
    with serving(TokenServer()) as tokens, mailservers.dovecot(tokeninfo_url=tokens.tokeninfo) as server:
        yield tokens, server


@pytest.fixture
def tokens(both: tuple[TokenServer, Dovecot], address: str) -> TokenServer:
    fresh = TokenServer(port=both[0].port, address=address)
    for name in ("refresh_token", "rotates", "lives_s", "status", "given", "good", "forms", "address"):
        setattr(both[0], name, getattr(fresh, name))
    return both[0]


@pytest.fixture
def server(both: tuple[TokenServer, Dovecot]) -> Dovecot:
    return both[1]


@pytest.fixture
def account(server: Dovecot, tokens: TokenServer, smtp: Smtp, db: None) -> Account:
    said = {"auth": "oauth2", "oauth_token_url": tokens.url, "oauth_client_id": "app", "oauth_scope": "mail offline"}
    known = {"oauth_refresh_token": "long-1", "oauth_client_secret": "secret"}
    made: Account = mailservers.account(tokens.address, server, smtp, options=said, secrets=known)
    return made


def opens(account: Account) -> bool:
    with imap.opened(options.of(Account.objects.get(pk=account.pk))) as mailbox:
        return mailbox.select("INBOX").mails == 0


def test_it_works(account: Account, tokens: TokenServer) -> None:
    """The token server is asked as the standard says; Dovecot takes the token by XOAUTH2."""
    assert opens(account)
    assert tokens.forms == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "long-1",
            "client_id": "app",
            "client_secret": "secret",
            "scope": "mail offline",
        }
    ]


def test_smtp_takes_the_same_token(account: Account, tokens: TokenServer, smtp: Smtp) -> None:
    """Kept from the first use."""
    from servewell.apps.channels.email.smtp import opened

    assert opens(account)
    smtp.tokens = set(tokens.given)
    with opened(options.of(account)) as wire:
        assert wire.noop()[0] == 250
    assert len(tokens.given) == 1


def test_a_token_is_kept_until_shortly_before_its_end(account: Account, tokens: TokenServer) -> None:
    """Then a fresh one is bought."""
    assert opens(account)
    assert opens(account)
    assert len(tokens.given) == 1
    with clock.frozen(clock.now() + timedelta(seconds=3600 - 60)):
        assert opens(account)
    assert len(tokens.given) == 2


def test_a_token_that_is_refused_is_replaced_once(account: Account, tokens: TokenServer) -> None:
    """Somebody ended all sessions; the long token is good still."""
    assert opens(account)
    tokens.good.clear()
    assert opens(account)
    assert len(tokens.given) == 2


def test_when_the_fresh_one_is_refused_too_it_is_a_fault(account: Account, tokens: TokenServer, smtp: Smtp) -> None:
    """For both servers: `oauth`, with a wait; the next try asks anew."""
    tokens.address = "somebody.else@example.com"
    for open_ in (imap.opened, smtp_opened):
        with pytest.raises(Fault) as refused, open_(options.of(account)):
            pass
        assert refused.value.code == "oauth"
        assert refused.value.wait.total_seconds() >= 60
    assert len(tokens.given) == 2


smtp_opened = sending.opened


def test_the_long_token_was_taken_back(account: Account, tokens: TokenServer) -> None:
    """The fault has the token server's words."""
    tokens.refresh_token = "another"
    with pytest.raises(Fault) as refused:
        opens(account)
    assert refused.value.code == "oauth"
    assert "invalid_grant the token was revoked" in refused.value.words


def test_a_new_long_token_is_kept(account: Account, tokens: TokenServer) -> None:
    """Sealed, in place of the old one, which opens nothing any more; the account's version stays."""
    tokens.rotates = True
    box = options.of(account)
    with imap.opened(box):
        pass
    assert options.of(Account.objects.get(pk=account.pk)).oauth.refresh_token == "long-2"  # type: ignore[union-attr]
    oauth.forget(box)
    with imap.opened(box):  # as a connection does that was described before
        pass
    account.refresh_from_db()
    assert account.version == 1
    assert "long-" not in account.sealed


def test_a_new_long_token_does_not_replace_what_somebody_entered_meanwhile(account: Account) -> None:
    """Theirs is newer."""
    from servewell.apps.channels.email.actions import keep_refresh_token

    assert not keep_refresh_token(account.id, "older", "newest")
    assert options.of(Account.objects.get(pk=account.pk)).oauth.refresh_token == "long-1"  # type: ignore[union-attr]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_token_server_that_is_away_is_no_refusal(account: Account, tokens: TokenServer, status: int) -> None:
    """It may pass."""
    tokens.status = status
    with pytest.raises(Fault) as failed:
        opens(account)
    assert failed.value.code == "token_server"


def test_the_token_server_is_not_called_where_calling_is_not_allowed(account: Account) -> None:
    """The guard of all outside calls holds here too."""
    account.options = {**account.options, "oauth_token_url": "http://169.254.169.254/token"}
    account.save()
    with pytest.raises(Fault) as refused:
        opens(account)
    assert refused.value.code == "token_address"


@pytest.mark.parametrize("lives", [None, "soon", -1, True, 10**30])
def test_odd_lives_of_tokens_do_no_harm(account: Account, tokens: TokenServer, lives: Any) -> None:
    """What does not say how long it lives is used for minutes, never for more than a day."""
    tokens.lives_s = lives
    assert opens(account)
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert opens(account)
    assert len(tokens.given) == 2

"""What the tests of people share: somebody of each role, a browser-like client, codes of an authenticator app."""

import base64
import hashlib
import hmac
import json
import struct
import time
from typing import Any

from django.test import Client
from django.test.client import ClientHandler

from servewell.apps.base.principal import SYSTEM
from servewell.apps.people import actions
from servewell.apps.people.models import User

PASSWORD = "correct-horse-9"
LOGIN = "/_allauth/browser/v1/auth/login"
SESSION = "/_allauth/browser/v1/auth/session"
CODE = "/_allauth/browser/v1/auth/2fa/authenticate"
PROVE = "/_allauth/browser/v1/auth/reauthenticate"
TOTP = "/_allauth/browser/v1/account/authenticators/totp"
RECOVERY = "/_allauth/browser/v1/account/authenticators/recovery-codes"


# One for all: whoever makes a handler waits until the middleware has looked through all static files.
HANDLER = ClientHandler(enforce_csrf_checks=True)


def person(username: str = "lin", role: str = "agent", **fields: Any) -> User:
    return actions.create_user(SYSTEM, username, PASSWORD, role=role, **fields)


class Browser:
    """Sends JSON with the CSRF token of its cookie, as the workspace does."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en", **headers})
        self.client.handler = HANDLER
        self.client.raise_request_exception = False
        self.client.get("/api/v1/session")

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        token = self.client.cookies["csrftoken"].value if "csrftoken" in self.client.cookies else ""
        sent = b"" if body is None else json.dumps(body).encode()
        kind = "application/json"
        given = {"X-CSRFToken": token, **headers}
        return self.client.generic(method, path, sent, content_type=kind, headers=given)

    def sign_in(self, username: str = "lin", password: str = PASSWORD) -> Any:
        return self("POST", LOGIN, {"username": username, "password": password})


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.client.get("/api/v1/session")
    return browser


def code(secret: str) -> str:
    """Return the six digits of RFC 6238 for now; near the end of their 30 s, those of the next ones."""
    if time.time() % 30 > 28:
        time.sleep(30 - time.time() % 30)
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06}"

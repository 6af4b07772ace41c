"""One's own session and account."""

from tests.service.apps.people.helpers import PASSWORD

ENDPOINTS = [
    ("GET", "/session", "account.manage", None),
    ("PATCH", "/session", "account.manage", {"theme": "dark"}),
    ("POST", "/session/password", "account.manage", {"current": "wrong", "new": PASSWORD}),
]

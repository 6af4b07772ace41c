"""One's own session, sign-ins and account."""

from tests.service.apps.people.helpers import PASSWORD

from servewell.apps.base import clock
from servewell.apps.people.models import Alert, SignIn

ENDPOINTS = [
    ("GET", "/session", "account.manage", None),
    ("PATCH", "/session", "account.manage", {"theme": "dark"}),
    ("POST", "/session/password", "account.manage", {"current": "wrong", "new": PASSWORD}),
    ("GET", "/session/sign-ins", "account.manage", None),
    ("DELETE", "/session/sign-ins", "account.manage", None),
    ("DELETE", "/session/sign-ins/{sign_in}", "account.manage", None),
    ("GET", "/session/alerts", "account.manage", None),
    ("POST", "/session/alerts/{alert}/dismiss", "account.manage", None),
]


def sign_in(whose, made):
    """Return a sign-in of the owner; one of a team there is not."""
    now = clock.now()
    return whose.owner and SignIn.objects.create(user=whose.owner, session_key="x" * 32, at=now, seen_at=now).id


def alert(whose, made):
    """Return an alert of the owner; one of a team there is not."""
    return whose.owner and Alert.objects.create(user=whose.owner, at=clock.now(), reasons=["locked"]).id


MAKERS = {"sign_in": sign_in, "alert": alert}
REFUSALS = {"people-no-such-sign-in", "people-no-such-alert"}

"""Users, teams and API keys."""

from tests.service.apps.people.helpers import PASSWORD, person

from servewell.apps.people import actions
from servewell.apps.people.models import User

KEY = {"name": "k", "scopes": ["logs.read"]}
ENDPOINTS = [
    ("GET", "/people/users", "people.manage", None),
    ("POST", "/people/users", "people.manage", {"username": "somebody", "password": PASSWORD}),
    ("PATCH", "/people/users/{user}", "people.manage", {"role": "lead"}),
    ("DELETE", "/people/users/{user}/second-factor", "people.manage", None),
    ("GET", "/people/teams", "people.manage", None),
    ("POST", "/people/teams", "people.manage", {"name": "A team"}),
    ("GET", "/people/keys", "people.manage", None),
    ("POST", "/people/keys", "people.manage", KEY),
    ("DELETE", "/people/keys/{key}", "people.manage", None),
]
MAKERS = {
    "user": lambda whose, made: person(f"somebody-{User.objects.count()}").id,
    "key": lambda whose, made: actions.create_key(whose.boss.principal(), "k", ["logs.read"], None)[0].id,
}
NOT_FOR_KEYS = {("POST", "/people/keys")}  # no key makes another
REFUSALS = {"people-no-such-key", "people-no-such-person"}

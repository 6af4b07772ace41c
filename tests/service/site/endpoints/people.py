"""Users, teams, API keys, presence, skills, working hours, and who read what."""

from tests.service.apps.people.helpers import PASSWORD, person

from servewell.apps.base.principal import SYSTEM
from servewell.apps.people import actions, hours
from servewell.apps.people.models import PresenceReason, Skill, User

KEY = {"name": "k", "scopes": ["logs.read"]}
TEA = {"presence": "away", "name_zh": "茶歇", "name_en": "Tea"}
SHIFT = {"start": "09:00", "end": "18:00"}
HOURS = {"week": [{"day": 1, **SHIFT}], "exceptions": [{"date": "2026-10-01", "shifts": []}]}
ENDPOINTS = [
    ("GET", "/people/users", "people.manage", None),
    ("POST", "/people/users", "people.manage", {"username": "somebody", "password": PASSWORD}),
    ("PATCH", "/people/users/{user}", "people.manage", {"role": "lead"}),
    ("DELETE", "/people/users/{user}/second-factor", "people.manage", None),
    ("POST", "/people/users/{user}/unlock", "people.manage", None),
    ("GET", "/people/teams", "presence.read", None),
    ("POST", "/people/teams", "people.manage", {"name": "A team"}),
    ("PATCH", "/people/teams/{group}", "people.manage", {"description": "By day"}),
    ("GET", "/people/keys", "people.manage", None),
    ("POST", "/people/keys", "people.manage", KEY),
    ("DELETE", "/people/keys/{key}", "people.manage", None),
    ("GET", "/people/presence", "presence.read", None),
    ("GET", "/people/presence/me", "account.manage", None),
    ("PUT", "/people/presence/me", "account.manage", {"presence": "online"}),
    ("POST", "/people/presence/me/sign-of-life", "account.manage", None),
    ("PUT", "/people/users/{colleague}/presence", "presence.manage", {"presence": "away"}),
    ("GET", "/people/presence-reasons", "presence.read", None),
    (
        "POST",
        "/people/presence-reasons",
        "presence.configure",
        TEA,
    ),
    ("PATCH", "/people/presence-reasons/{reason}", "presence.configure", {"limit_minutes": 20}),
    ("GET", "/people/skills", "skills.read", None),
    ("POST", "/people/skills", "skills.configure", {"name": "Refunds"}),
    ("PATCH", "/people/skills/{skill}", "skills.configure", {"description": "Money back"}),
    ("GET", "/people/users/{colleague}/skills", "skills.read", None),
    ("PUT", "/people/users/{colleague}/skills", "skills.manage", {"skills": []}),
    ("GET", "/people/users/{colleague}/hours", "hours.read", None),
    ("PUT", "/people/users/{colleague}/hours", "hours.manage", HOURS),
    ("DELETE", "/people/users/{colleague}/hours", "hours.manage", None),
    ("GET", "/people/teams/{group}/hours", "hours.read", None),
    ("PUT", "/people/teams/{group}/hours", "hours.manage", HOURS),
    ("DELETE", "/people/teams/{group}/hours", "hours.manage", None),
    ("GET", "/people/access-log", "access.read", None),
]


def colleague(whose, made):
    """Return a person of that team, or the owner themself, with working hours."""
    somebody = whose.owner or person(f"colleague-{User.objects.count()}", teams=[whose.team.id])
    return with_hours(somebody).id


def group(whose, made):
    """Return that team, with working hours; a team has no owner."""
    return with_hours(whose.team).id if whose.team else None


def with_hours(whose):
    actions.set_hours(SYSTEM, whose, hours.read("UTC", HOURS["week"], ()))
    return whose


MAKERS = {
    "user": lambda whose, made: person(f"somebody-{User.objects.count()}").id,
    "key": lambda whose, made: actions.create_key(whose.boss.principal(), "k", ["logs.read"], None)[0].id,
    "colleague": colleague,
    "group": group,
    "reason": lambda whose, made: PresenceReason.objects.all()[0].id,
    "skill": lambda whose, made: actions.define_skill(SYSTEM, f"skill {Skill.objects.count()}").id,
}
NOT_FOR_KEYS = {  # no key makes another, nor becomes a person
    ("POST", "/people/keys"),
    ("POST", "/people/users"),  # with a password
    ("PATCH", "/people/users/{user}"),  # of a role
    ("DELETE", "/people/users/{user}/second-factor"),
}
REFUSALS = {
    *("people-no-such-key", "people-no-such-person", "people-no-such-team"),
    *("people-no-such-reason", "people-no-such-skill"),
}

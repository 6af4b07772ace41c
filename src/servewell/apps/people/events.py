"""What does the journal remember of people? Who did what to whom, as ids and codes."""

from servewell.apps.journal.events import ID, NOBODYS, EventType, define, list_of, one_of
from servewell.apps.people.models import Role
from servewell.apps.people.permissions import KEY_VERBS

_ROLE = one_of(*Role.values)
_SECOND_FACTOR = one_of("totp", "recovery_codes")

SIGNED_IN = define(EventType("people.signed_in", NOBODYS, {"second_factor": one_of("yes", "no")}))
SIGNED_OUT = define(EventType("people.signed_out", NOBODYS))
SIGN_IN_FAILED = define(
    EventType("people.sign_in_failed", NOBODYS, {"user": ID, "step": one_of("password", "second_factor")})
)
SECOND_FACTOR_ENABLED = define(EventType("people.second_factor_enabled", NOBODYS, {"kind": _SECOND_FACTOR}))
SECOND_FACTOR_DISABLED = define(EventType("people.second_factor_disabled", NOBODYS, {"kind": _SECOND_FACTOR}))
PASSWORD_CHANGED = define(EventType("people.password_changed", NOBODYS, {"user": ID}))
USER_CREATED = define(EventType("people.user_created", NOBODYS, {"user": ID, "role": _ROLE}))
ROLE_CHANGED = define(EventType("people.role_changed", NOBODYS, {"user": ID, "before": _ROLE, "role": _ROLE}))
DEACTIVATED = define(EventType("people.deactivated", NOBODYS, {"user": ID}))
ACTIVATED = define(EventType("people.activated", NOBODYS, {"user": ID}))
TEAMS_CHANGED = define(EventType("people.teams_changed", NOBODYS, {"user": ID, "teams": list_of(ID)}))
TEAM_CREATED = define(EventType("people.team_created", NOBODYS, {"created": ID}))
PREFERENCES_CHANGED = define(
    EventType("people.preferences_changed", NOBODYS, {"fields": list_of(one_of("language", "theme", "name"))})
)
KEY_CREATED = define(EventType("people.key_created", NOBODYS, {"key": ID, "scopes": list_of(one_of(*KEY_VERBS))}))
KEY_REVOKED = define(EventType("people.key_revoked", NOBODYS, {"key": ID}))

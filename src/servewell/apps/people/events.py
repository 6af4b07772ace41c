"""What does the journal remember of people? Who did what to whom, as ids and codes."""

from servewell.apps.journal.events import ID, NO_CONTACT, EventType, define, list_of, one_of
from servewell.apps.people.models import Role
from servewell.apps.people.permissions import KEY_VERBS

_ROLE = one_of(*Role.values)
_SECOND_FACTOR = one_of("totp", "recovery_codes")

SIGNED_IN = define(EventType("people.signed_in", NO_CONTACT, {"second_factor": one_of("yes", "no")}))
SIGNED_OUT = define(EventType("people.signed_out", NO_CONTACT))
SIGN_IN_FAILED = define(
    EventType("people.sign_in_failed", NO_CONTACT, {"user": ID, "step": one_of("password", "second_factor")})
)
SECOND_FACTOR_ENABLED = define(
    EventType("people.second_factor_enabled", NO_CONTACT, {"user": ID, "kind": _SECOND_FACTOR})
)
SECOND_FACTOR_DISABLED = define(
    EventType("people.second_factor_disabled", NO_CONTACT, {"user": ID, "kind": _SECOND_FACTOR})
)
PASSWORD_CHANGED = define(EventType("people.password_changed", NO_CONTACT, {"user": ID}))
USER_CREATED = define(EventType("people.user_created", NO_CONTACT, {"user": ID, "role": _ROLE}))
ROLE_CHANGED = define(EventType("people.role_changed", NO_CONTACT, {"user": ID, "before": _ROLE, "role": _ROLE}))
DEACTIVATED = define(EventType("people.deactivated", NO_CONTACT, {"user": ID}))
ACTIVATED = define(EventType("people.activated", NO_CONTACT, {"user": ID}))
TEAMS_CHANGED = define(EventType("people.teams_changed", NO_CONTACT, {"user": ID, "teams": list_of(ID)}))
TEAM_CREATED = define(EventType("people.team_created", NO_CONTACT, {"created": ID}))
PREFERENCES_CHANGED = define(
    EventType("people.preferences_changed", NO_CONTACT, {"fields": list_of(one_of("language", "theme", "name"))})
)
KEY_CREATED = define(EventType("people.key_created", NO_CONTACT, {"key": ID, "scopes": list_of(one_of(*KEY_VERBS))}))
KEY_REVOKED = define(EventType("people.key_revoked", NO_CONTACT, {"key": ID}))

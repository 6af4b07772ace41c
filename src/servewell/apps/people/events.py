"""What does the journal remember of people? Who did what to whom, as ids and codes."""

from servewell.apps.journal.events import BOOLEAN, ID, NO_CONTACT, NUMBER, EventType, define, list_of, one_of
from servewell.apps.people.models import Role, State
from servewell.apps.people.permissions import KEY_VERBS

_ROLE = one_of(*Role.values)
_STATE = one_of(*State.values)
_REASON_FIELDS = one_of("archived", "limit_minutes", "name_en", "name_zh", "position", "state")
_ALERT = one_of("new_browser", "new_network", "after_failures", "locked", "password_set")
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

TEAM_CHANGED = define(
    EventType(
        "people.team_changed",
        NO_CONTACT,
        {"changed": ID, "fields": list_of(one_of("name", "description", "archived")), "archived": BOOLEAN},
    )
)
DETAILS_CHANGED = define(
    EventType(
        "people.details_changed", NO_CONTACT, {"user": ID, "fields": list_of(one_of("name", "email", "language"))}
    )
)

PRESENCE_CHANGED = define(
    EventType(
        "people.presence_changed",
        NO_CONTACT,
        {
            "user": ID,
            "before": _STATE,
            "presence": _STATE,
            "reason": ID,
            "cause": one_of("chosen", "sign_out", "silent", "shut_out"),
        },
    )
)
PRESENCE_OVERDUE = define(
    EventType("people.presence_overdue", NO_CONTACT, {"user": ID, "presence": _STATE, "reason": ID})
)
REASON_DEFINED = define(EventType("people.reason_defined", NO_CONTACT, {"reason": ID}))
REASON_CHANGED = define(
    EventType("people.reason_changed", NO_CONTACT, {"reason": ID, "fields": list_of(_REASON_FIELDS)})
)

SKILL_DEFINED = define(EventType("people.skill_defined", NO_CONTACT, {"skill": ID}))
SKILL_CHANGED = define(
    EventType(
        "people.skill_changed",
        NO_CONTACT,
        {"skill": ID, "fields": list_of(one_of("archived", "description", "name", "parent"))},
    )
)
SKILLS_CHANGED = define(
    EventType("people.skills_changed", NO_CONTACT, {"user": ID, "skills": list_of(ID), "levels": list_of(NUMBER)})
)

HOURS_CHANGED = define(EventType("people.hours_changed", NO_CONTACT, {"user": ID, "group": ID, "kept": BOOLEAN}))

SESSION_ENDED = define(EventType("people.session_ended", NO_CONTACT, {"sign_in": ID}))
LOCKED = define(EventType("people.locked", NO_CONTACT, {"user": ID}))
UNLOCKED = define(EventType("people.unlocked", NO_CONTACT, {"user": ID}))
ALERT_RAISED = define(EventType("people.alert_raised", NO_CONTACT, {"user": ID, "reasons": list_of(_ALERT)}))
ALERT_DISMISSED = define(EventType("people.alert_dismissed", NO_CONTACT, {"alert": ID}))

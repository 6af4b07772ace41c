"""What can be done to people? Each verb changes state and records its event in one transaction."""

from servewell.apps.people.actions.account import change_own_password, change_password, update_preferences
from servewell.apps.people.actions.hours import clear_hours, set_hours
from servewell.apps.people.actions.presence import (
    change_reason,
    define_reason,
    find_overdue,
    lose_silent,
    set_presence,
    show_sign_of_life,
)
from servewell.apps.people.actions.programs import create_key, revoke_key
from servewell.apps.people.actions.sign_ins import (
    dismiss_alert,
    end_other_sign_ins,
    end_sign_in,
    forget_old_sign_ins,
    remember_lock,
    remember_sign_in,
    remember_sign_out,
    unlock,
)
from servewell.apps.people.actions.skills import change_skill, define_skill, set_skills
from servewell.apps.people.actions.teams import change_team, create_team
from servewell.apps.people.actions.users import (
    activate,
    change_details,
    change_role,
    change_user,
    create_admin,
    create_user,
    deactivate,
    reset_second_factor,
    set_teams,
)

__all__ = [
    "activate",
    "change_details",
    "change_own_password",
    "change_password",
    "change_reason",
    "change_role",
    "change_skill",
    "change_team",
    "change_user",
    "clear_hours",
    "create_admin",
    "create_key",
    "create_team",
    "create_user",
    "deactivate",
    "define_reason",
    "define_skill",
    "dismiss_alert",
    "end_other_sign_ins",
    "end_sign_in",
    "find_overdue",
    "forget_old_sign_ins",
    "lose_silent",
    "remember_lock",
    "remember_sign_in",
    "remember_sign_out",
    "reset_second_factor",
    "revoke_key",
    "set_hours",
    "set_presence",
    "set_skills",
    "set_teams",
    "show_sign_of_life",
    "unlock",
    "update_preferences",
]

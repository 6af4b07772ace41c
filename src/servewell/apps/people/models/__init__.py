"""What is stored of the people who work here? Read `staff.py` first."""

from servewell.apps.people.models.hours import Hours
from servewell.apps.people.models.presence import Presence, PresenceReason, State
from servewell.apps.people.models.sign_in import Alert, SignIn, Try
from servewell.apps.people.models.skills import Skill, UserSkill
from servewell.apps.people.models.staff import ApiKey, RateBucket, Role, Team, Theme, User, UserManager

__all__ = [
    "Alert",
    "ApiKey",
    "Hours",
    "Presence",
    "PresenceReason",
    "RateBucket",
    "Role",
    "SignIn",
    "Skill",
    "State",
    "Team",
    "Theme",
    "Try",
    "User",
    "UserManager",
    "UserSkill",
]

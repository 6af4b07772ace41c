"""What do administrators see of people under /admin/? Changes go through the same verbs as everywhere else."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from servewell.apps.base.errors import ServewellError
from servewell.apps.people import actions
from servewell.apps.people.auth import acting, language_of
from servewell.apps.people.models import (
    Alert,
    ApiKey,
    Hours,
    Presence,
    PresenceReason,
    SignIn,
    Skill,
    Team,
    User,
    UserSkill,
)

# Forms of others that would change sign-in past our verbs, or that mean nothing here (roles are our groups).
admin.site.unregister([Authenticator, EmailAddress, Group])


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # one for every model
    """Shows rows; nothing is added, changed or deleted past the verbs that record it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: `servewell createadmin` and the API make people."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by form; the actions below do."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the journal keeps their ids."""
        return False


@admin.register(User)
class UserAdmin(ReadOnly):
    """People, with the verbs that administrators need in an emergency."""

    list_display = ("username", "name", "role", "is_active", "last_login", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("username", "name", "email")
    exclude = ("password",)
    actions = ("deactivate", "activate", "reset_second_factor", "unlock")

    @admin.action(description="Deactivate")
    def deactivate(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """Shut the chosen people out."""
        _each(request, rows, actions.deactivate)

    @admin.action(description="Activate")
    def activate(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """Let the chosen people in again."""
        _each(request, rows, actions.activate)

    @admin.action(description="Reset second factor")
    def reset_second_factor(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """Let the chosen people in by password alone."""
        _each(request, rows, actions.reset_second_factor)

    @admin.action(description="Unlock after wrong tries")
    def unlock(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        """Let the chosen people try again at once."""
        _each(request, rows, actions.unlock)


@admin.register(Team)
class TeamAdmin(ReadOnly):
    """Teams."""

    list_display = ("name", "description", "created_at", "archived_at")
    search_fields = ("name",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    """Keys of programs."""

    list_display = ("name", "prefix", "created_by", "created_at", "expires_at", "revoked_at", "last_used_at")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke")
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        """Make the chosen keys open nothing."""
        _each(request, rows, actions.revoke_key)


@admin.register(Presence)
class PresenceAdmin(ReadOnly):
    """Who is there now."""

    list_display = ("user", "state", "reason", "since", "limit_at", "overdue_at", "seen_at")
    list_filter = ("state",)
    list_select_related = ("user", "reason")


@admin.register(PresenceReason)
class PresenceReasonAdmin(ReadOnly):
    """Why somebody may be busy or away."""

    list_display = ("name_zh", "name_en", "state", "limit_minutes", "position", "archived_at")


@admin.register(Skill)
class SkillAdmin(ReadOnly):
    """What people can be good at."""

    list_display = ("name", "parent", "archived_at")
    list_select_related = ("parent",)
    search_fields = ("name",)


@admin.register(UserSkill)
class UserSkillAdmin(ReadOnly):
    """Who is how good at it."""

    list_display = ("user", "skill", "level", "set_at")
    list_filter = ("level",)
    list_select_related = ("user", "skill")
    search_fields = ("user__username", "skill__name")


@admin.register(Hours)
class HoursAdmin(ReadOnly):
    """When teams and people work."""

    list_display = ("team", "user", "zone", "changed_at")
    list_select_related = ("team", "user")


@admin.register(SignIn)
class SignInAdmin(ReadOnly):
    """How people came in; neither the session's key, which would open it, nor the whole address is shown."""

    list_display = ("user", "at", "network", "browser", "system", "second_factor", "ended_at", "ended_by")
    list_filter = ("second_factor", "ended_by")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    exclude = ("session_key", "address")


@admin.register(Alert)
class AlertAdmin(ReadOnly):
    """What people were warned of."""

    list_display = ("user", "at", "reasons", "failures", "dismissed_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)


def _each(request: HttpRequest, rows: QuerySet[Any], verb: Any) -> None:
    for row in rows:
        try:
            verb(acting(request), row.pk)
        except ServewellError as error:
            messages.error(request, error.sentence(language_of(request)))

"""Logs and sent files in the administration pages, to look at."""

from django.contrib import admin

from servewell.apps.insight.models import Log, Upload


@admin.register(Log)
class LogAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only to the type checker
    """Who imported what, and how it went."""

    list_display = ("name", "state", "events", "cases", "created_at", "owner_id")
    list_filter = ("state",)

    def has_add_permission(self, *_: object) -> bool:
        """A log is made of a file."""
        return False

    def has_change_permission(self, *_: object) -> bool:
        """A log never changes."""
        return False

    def has_delete_permission(self, *_: object) -> bool:
        """The workspace deletes logs, and records it."""
        return False


@admin.register(Upload)
class UploadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only to the type checker
    """Files that wait to be imported."""

    list_display = ("file_name", "bytes", "format", "created_at", "expires_at")

    def has_add_permission(self, *_: object) -> bool:
        """A file is sent through the workspace."""
        return False

    def has_change_permission(self, *_: object) -> bool:
        """A file is what it is."""
        return False

    def has_delete_permission(self, *_: object) -> bool:
        """Files nobody imports go by themselves."""
        return False

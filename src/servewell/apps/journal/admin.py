"""What do administrators see of the journal under /admin/? Who read personal data; nothing of it is ever changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from servewell.apps.journal.models import Access


@admin.register(Access)
class AccessAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The access log, newest first."""

    list_display = ("at", "actor_kind", "actor", "subject_kind", "subject", "what")
    list_filter = ("subject_kind", "actor_kind")
    search_fields = ("=actor", "=subject")
    ordering = ("-at", "-id")
    list_per_page = 50
    show_full_result_count = False  # the log may be long; counting all of it for each search is not worth it

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: reading writes it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

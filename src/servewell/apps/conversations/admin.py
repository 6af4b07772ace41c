"""Conversations, tags and fields in the administration pages, to look at.

Nothing that a customer wrote or is called stands here: that is read where the access log sees it.
"""

from typing import Any

from django.contrib import admin

from servewell.apps.conversations.models import Bulk, Conversation, Field, SavedView, Tag


class Shown(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only to the type checker
    """What is only looked at: the workspace and the API change it, and record it."""

    def has_add_permission(self, *_: object) -> bool:
        """The verbs make it."""
        return False

    def has_change_permission(self, *_: object) -> bool:
        """The verbs change it."""
        return False

    def has_delete_permission(self, *_: object) -> bool:
        """The verbs remove it."""
        return False


@admin.register(Conversation)
class ConversationAdmin(Shown):
    """How the work stands."""

    list_display = ("number", "status", "priority", "channel", "team", "assignee", "created_at", "version")
    list_filter = ("status", "priority", "channel", "team")
    list_select_related = ("team", "assignee")
    search_fields = ("number",)
    exclude = ("subject", "preview", "fields", "customer", "external_id")
    show_full_result_count = False


@admin.register(Tag)
class TagAdmin(Shown):
    """Which tags there are."""

    list_display = ("name", "colour", "archived_at", "created_at")


@admin.register(Field)
class FieldAdmin(Shown):
    """Which custom fields there are."""

    list_display = ("key", "kind", "position", "archived_at", "created_at")


@admin.register(SavedView)
class SavedViewAdmin(Shown):
    """Which lists people come back to."""

    list_display = ("name", "owner", "team", "order", "created_at")


@admin.register(Bulk)
class BulkAdmin(Shown):
    """Which changes of many can still be undone."""

    list_display = ("id", "owner_id", "created_at", "undone_at")
    exclude = ("before",)

    def get_queryset(self, request: Any) -> Any:
        """Leave out what was before: it may hold fields of customers."""
        return super().get_queryset(request).defer("before")

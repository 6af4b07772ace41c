"""What do administrators see of customers under /admin/? Only looks; changes go through the verbs that record them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse

from servewell.apps.customers import names
from servewell.apps.customers.models import (
    Attribute,
    Claim,
    Consent,
    Customer,
    Erasure,
    Identity,
    Purpose,
    Suggestion,
    Tier,
)
from servewell.apps.journal.actions import log_access
from servewell.apps.people.auth import acting


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # one for every model
    """Shows rows; nothing is added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: channels and the API make customers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a change without its event could not be explained."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: an erasure takes more than this row, and leaves a proof."""
        return False


class Personal(ReadOnly):
    """Rows that name somebody: each look is remembered."""

    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show a list."""
        log_access(acting(request), "customer", None, f"admin.{self.opts.model_name}")
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one row."""
        row = self.get_object(request, unquote(object_id))
        whose = getattr(row, "customer_id", None) or getattr(row, "pk", None)
        log_access(acting(request), "customer", whose, f"admin.{self.opts.model_name}")
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(Customer)
class CustomerAdmin(Personal):
    """Customers, also those merged away."""

    list_display = ("id", "name", "tier", "language", "completeness", "merged_into_id", "blocked_at", "created_at")
    list_filter = ("tier",)
    search_fields = ("name_key__startswith",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Search for names in any case and width."""
        return super().get_search_results(request, queryset, names.folded(search_term))


@admin.register(Identity)
class IdentityAdmin(Personal):
    """What customers are known by."""

    list_display = ("kind", "source", "shown", "customer_id", "verified_at", "is_raw", "last_seen_at")
    list_filter = ("kind", "is_raw")
    search_fields = ("value__startswith",)


@admin.register(Claim)
class ClaimAdmin(Personal):
    """What customers only typed."""

    list_display = ("kind", "source", "shown", "customer_id", "is_raw", "created_at")
    list_filter = ("kind", "is_raw")
    search_fields = ("value__startswith",)


@admin.register(Consent)
class ConsentAdmin(Personal):
    """Every decision, the last one counts."""

    list_display = ("customer_id", "purpose", "given", "at", "source")
    list_filter = ("given",)


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnly):
    """Pairs that may be one customer."""

    list_display = ("one_id", "other_id", "kind", "is_claim", "state", "found_at", "decided_at")
    list_filter = ("state",)


@admin.register(Tier, Purpose)
class TermAdmin(ReadOnly):
    """What the house defined beside the built-in ones."""

    list_display = ("code", "name_zh", "name_en", "position", "archived_at")


@admin.register(Attribute)
class AttributeAdmin(ReadOnly):
    """Fields of customers."""

    list_display = ("code", "kind", "name_zh", "name_en", "required", "position", "archived_at")


@admin.register(Erasure)
class ErasureAdmin(ReadOnly):
    """Proofs; they name nobody."""

    list_display = ("id", "at", "actor_kind", "actor", "counts")

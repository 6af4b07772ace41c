"""Accounts and arrivals in the administration pages, to look at; no secret, and nothing that a customer wrote."""

from django.contrib import admin

from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.admin import Shown


@admin.register(Account)
class AccountAdmin(Shown):
    """Which accounts there are, and how they are."""

    list_display = ("name", "channel", "address", "team", "state", "failing_since", "fault", "version", "removed_at")
    list_filter = ("channel", "state")
    list_select_related = ("team",)
    exclude = ("sealed", "options", "cursor", "fault_words")


@admin.register(Arrival)
class ArrivalAdmin(Shown):
    """What arrived, and what became of it."""

    list_display = ("id", "account", "state", "outcome", "attempt", "size", "arrived_at", "settled_at")
    list_filter = ("state", "outcome")
    list_select_related = ("account",)
    exclude = ("raw", "about", "words", "external_id")
    show_full_result_count = False

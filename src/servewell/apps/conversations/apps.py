"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Floor 3."""

    name = "servewell.apps.conversations"
    label = "conversations"

    def ready(self) -> None:
        """Load the names and settings the room owns, and what it hears from below."""
        for module in ("options", "events", "holding", "listeners", "attachments.access", "search.listeners"):
            import_module(f"{self.name}.{module}")

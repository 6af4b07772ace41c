"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Floor 2."""

    name = "servewell.apps.people"
    label = "people"

    def ready(self) -> None:
        """Load the names and settings the room owns, and what it hears of sign-ins."""
        for module in ("options", "events", "listeners"):
            import_module(f"{self.name}.{module}")

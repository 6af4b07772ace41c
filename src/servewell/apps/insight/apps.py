"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Floor 9."""

    name = "servewell.apps.insight"
    label = "insight"

    def ready(self) -> None:
        """Load the settings the room owns."""
        import_module(f"{self.name}.options")

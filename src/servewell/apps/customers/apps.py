"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Floor 2, above people."""

    name = "servewell.apps.customers"
    label = "customers"

    def ready(self) -> None:
        """Load the names and settings the room owns."""
        for module in ("options", "events", "jobs", "actions", "history", "held"):
            import_module(f"{self.name}.{module}")

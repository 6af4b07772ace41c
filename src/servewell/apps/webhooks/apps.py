"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Floor 8."""

    name = "servewell.apps.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Let the settings be known, and the outbox know who makes the calls."""
        for module in ("options", "calling"):
            import_module(f"{self.name}.{module}")

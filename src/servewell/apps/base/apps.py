"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Floor 0."""

    name = "servewell.apps.base"
    label = "base"

    def ready(self) -> None:
        """Let the settings of this floor be known from the start."""
        for module in ("ssrf", "attachments"):
            import_module(f"servewell.apps.base.{module}")

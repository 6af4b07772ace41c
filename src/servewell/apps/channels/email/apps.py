"""Registers the channel with Django and with the frame."""

from importlib import import_module

from django.apps import AppConfig


class EmailConfig(AppConfig):
    """A channel on floor 8."""

    name = "servewell.apps.channels.email"
    label = "channels_email"

    def ready(self) -> None:
        """Say what this channel is, and what it holds of customers."""
        for module in ("channel", "holding"):
            import_module(f"{self.name}.{module}")

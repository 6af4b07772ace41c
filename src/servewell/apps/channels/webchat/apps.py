"""Registers the channel with Django and with the frame."""

from importlib import import_module

from django.apps import AppConfig


class WebchatConfig(AppConfig):
    """A channel on floor 8."""

    name = "servewell.apps.channels.webchat"
    label = "channels_webchat"

    def ready(self) -> None:
        """Say what this channel is, and let its settings be known."""
        for module in ("options", "channel", "holding", "listeners"):
            import_module(f"{self.name}.{module}")

"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Floor 8, what all channels share."""

    name = "servewell.apps.channels.frame"
    label = "channels"

    def ready(self) -> None:
        """Let the settings be known, and those who listen and send be there."""
        for module in ("options", "case.options", "case.events", "listeners", "sending", "transcripts"):
            import_module(f"{self.name}.{module}")

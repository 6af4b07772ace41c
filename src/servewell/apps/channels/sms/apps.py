"""Registers the channel with Django and with the frame."""

from importlib import import_module

from django.apps import AppConfig


class SmsConfig(AppConfig):
    """A channel on floor 8."""

    name = "servewell.apps.channels.sms"
    label = "channels_sms"

    def ready(self) -> None:
        """Say what this channel is."""
        import_module(f"{self.name}.channel")

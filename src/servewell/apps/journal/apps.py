"""Registers the room with Django."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Floor 1."""

    name = "servewell.apps.journal"
    label = "journal"

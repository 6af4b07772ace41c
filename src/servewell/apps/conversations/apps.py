"""Registers the room with Django."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Floor 3."""

    name = "servewell.apps.conversations"
    label = "conversations"

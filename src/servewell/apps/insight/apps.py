"""Registers the room with Django."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Floor 9."""

    name = "servewell.apps.insight"
    label = "insight"

"""Registers the room with Django."""

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """Floor 7."""

    name = "servewell.apps.flows"
    label = "flows"

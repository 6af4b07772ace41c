"""Registers the room with Django."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Floor 0."""

    name = "servewell.apps.base"
    label = "base"

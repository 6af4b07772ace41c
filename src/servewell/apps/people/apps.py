"""Registers the room with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Floor 2."""

    name = "servewell.apps.people"
    label = "people"

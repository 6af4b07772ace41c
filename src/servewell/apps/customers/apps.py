"""Registers the room with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Floor 2, above people."""

    name = "servewell.apps.customers"
    label = "customers"

"""Registers the room with Django, and brings every room's events and listeners in."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class JournalConfig(AppConfig):
    """Floor 1."""

    name = "servewell.apps.journal"
    label = "journal"

    def ready(self) -> None:
        """Import `events` and `listeners` of every room, so that the vocabulary is complete and everybody hears.

        `jobs` may be heavy; the worker imports them (`PROCRASTINATE_IMPORT_PATHS`).
        """
        rooms = [room.name for room in apps.get_app_configs() if room.name.startswith("servewell.apps.")]
        for door in ("events", "listeners"):
            for room in rooms:
                if find_spec(f"{room}.{door}"):
                    import_module(f"{room}.{door}")

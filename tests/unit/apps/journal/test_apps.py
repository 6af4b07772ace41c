"""Are all rooms there when the house is built?"""

from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings

import servewell
from servewell.apps.journal import events
from servewell.apps.journal.floors import room_of_module

ROOMS = [app.name for app in apps.get_app_configs() if app.name.startswith("servewell.apps.")]


def test_it_works() -> None:
    """Every room's names are in the vocabulary without anybody importing them."""
    with_events = {room_of_module(name) for name in ROOMS if find_spec(f"{name}.events")} - {"journal"}
    assert {type_.room for type_ in events.vocabulary()} >= with_events


def test_a_worker_imports_every_rooms_jobs() -> None:
    """A part of a room may have jobs of its own."""
    folder = Path(servewell.__file__).parent
    jobs = {".".join(file.relative_to(folder.parent).with_suffix("").parts) for file in folder.glob("apps/**/jobs.py")}
    assert set(settings.PROCRASTINATE_IMPORT_PATHS) == jobs

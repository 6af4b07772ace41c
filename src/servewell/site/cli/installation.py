"""What does a command need that works on the installation? The data folder, a fitting database, Django."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servewell.site import database, places
from servewell.site.cli import talk


@contextmanager
def ready(_options: argparse.Namespace) -> Iterator[Path]:
    """Yield the data folder; inside, the database takes connections and Django is set up."""
    data = places.prepare(places.data())
    with database.ready(data):
        set_up_django()
        yield data


def set_up_django() -> None:
    """Load settings and apps; after the database runs, for settings ask where it is."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servewell.site.settings")
    django.setup()


def demand_migrated() -> None:
    """Refuse a database whose tables are of another version."""
    from servewell.site import migrations
    from servewell.site.errors import NotMigrated

    missing = migrations.pending()
    if missing:
        raise NotMigrated(count=len(missing))


def demand_migrated_elsewhere() -> None:
    """Do the same in a process of its own, for one that must not load Django; it says itself what is wrong."""
    command = [sys.executable, "-m", "servewell.site.cli", "migrate", "--check", "--lang", talk.language()]
    code = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL).returncode
    if code:
        raise SystemExit(code)


def listening(parser: argparse.ArgumentParser) -> None:
    """Add the options of everything that serves HTTP."""
    parser.add_argument(
        "--host", default=os.environ.get("SERVEWELL_HOST", "127.0.0.1"), help=talk.text("site.cli.host")
    )
    parser.add_argument(
        "--port", type=_port, default=os.environ.get("SERVEWELL_PORT", "8000"), help=talk.text("site.cli.port")
    )
    parser.add_argument(
        "--workers", type=int, default=os.environ.get("SERVEWELL_WORKERS", "1"), help=talk.text("site.cli.workers")
    )


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise ValueError(text)
    return number

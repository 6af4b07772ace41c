"""Bring an installation back from a backup."""

import argparse
from pathlib import Path

from servewell.site.cli import talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, and whether to replace what is there."""
    parser.add_argument("file", metavar="FILE", help=talk.text("site.restore.file"))
    parser.add_argument("--force", action="store_true", help=talk.text("site.restore.force"))


def run(options: argparse.Namespace) -> None:
    """Restore; Servewell must not be running."""
    from servewell.site import places, restoring

    data = places.prepare(places.data())
    manifest = restoring.restore(Path(options.file).absolute(), data, force=options.force)
    talk.emit(options, manifest, talk.text("site.restore.done", data=data, made_at=manifest["made_at"]))

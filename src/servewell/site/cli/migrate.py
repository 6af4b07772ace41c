"""Bring the database's tables to this version."""

import argparse

from servewell.site.cli import installation, talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take no options of its own."""


def run(options: argparse.Namespace) -> None:
    """Migrate; a second one at the same time waits for the first."""
    from servewell.site import migrations

    with installation.ready(options):
        applied = migrations.apply()
    talk.emit(options, {"applied": applied}, talk.text("site.migrate.done", count=len(applied)))

"""Bring the database's tables to this version."""

import argparse

from servewell.site.cli import installation, talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the dry run."""
    parser.add_argument("--check", action="store_true", help=talk.text("site.migrate.check"))


def run(options: argparse.Namespace) -> None:
    """Migrate; a second one at the same time waits for the first."""
    from servewell.site import migrations

    with installation.ready(options):
        if options.check:
            installation.demand_migrated()
        applied = [] if options.check else migrations.apply()
    talk.emit(options, {"applied": applied}, talk.text("site.migrate.done", count=len(applied)))

"""Have what search knows made anew, by the worker."""

import argparse

from servewell.site.cli import installation, talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take nothing: it is all of it."""


def run(options: argparse.Namespace) -> None:
    """Ask for each conversation's document; a worker makes them, behind what somebody waits for."""
    with installation.ready(options):
        installation.demand_migrated()
        from servewell.apps.conversations.search import jobs

        due = jobs.reindex()
    talk.emit(options, {"conversations": due}, talk.text("site.reindex.due", count=due))

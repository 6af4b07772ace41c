"""Do the work in the background: jobs, timers, what goes out, the journal's upkeep."""

import argparse

from servewell.site.cli import installation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take no options of its own."""


def run(options: argparse.Namespace) -> None:
    """Work until SIGTERM."""
    from servewell.site import offspring

    offspring.end_with_parent()
    with installation.ready(options):
        installation.demand_migrated()
        from servewell.site import worker

        worker.run()

"""Serve pages and API, on a database that is migrated."""

import argparse

from servewell.site.cli import installation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen."""
    installation.listening(parser)


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    from servewell.site import offspring, web

    offspring.end_with_parent()

    web.refuse_busy(options.host, options.port)
    with installation.ready(options):
        installation.demand_migrated()
        web.serve(options.host, options.port, options.workers)

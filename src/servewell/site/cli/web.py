"""Serve pages and API, on a database that is migrated."""

import argparse

from servewell.site.cli import installation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen."""
    installation.listening(parser)


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM.

    Under `servewell up` the tables are known to be right: this process, which only watches over granian's workers,
    then spares itself Django.
    """
    from servewell.site import database, offspring, places, web

    supervised = offspring.end_with_parent()
    web.refuse_busy(options.host, options.port)
    with database.ready(places.prepare(places.data())):
        if not supervised:
            installation.set_up_django()
            installation.demand_migrated()
        web.serve(options.host, options.port, options.workers)

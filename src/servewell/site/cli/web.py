"""Serve pages and API, on a database that is migrated."""

import argparse

from servewell.site.cli import installation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen."""
    installation.listening(parser)


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM.

    This process only watches over granian's workers, which are its forks: it loads no Django, and has no connection
    that they could inherit. Under `servewell up` the tables are known to be right.
    """
    from servewell.site import database, offspring, places, web

    supervised = offspring.end_with_parent()
    web.refuse_busy(options.host, options.port)
    with database.ready(places.prepare(places.data())):
        if not supervised:
            installation.demand_migrated_elsewhere()
        web.serve(options.host, options.port, options.workers)

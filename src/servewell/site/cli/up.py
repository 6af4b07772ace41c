"""All of it in one command: database, tables, pages, background work."""

import argparse

from servewell.site.cli import installation, talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to listen, and the demo."""
    installation.listening(parser)
    parser.add_argument("--demo", action="store_true", help=talk.text("site.cli.demo"))


def run(options: argparse.Namespace) -> int:
    """Run until SIGTERM, SIGINT or SIGHUP."""
    from servewell.site import supervisor

    plan = supervisor.Plan(options.host, options.port, options.workers, demo=options.demo, as_json=options.json)
    return supervisor.run(plan)

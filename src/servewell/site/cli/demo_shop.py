"""The made-up shop as files: a log to try the tools on, and a list of what is wrong in it."""

import argparse
from datetime import date
from pathlib import Path

from servewell.site.cli import talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder and what kind of days are wanted."""
    parser.add_argument("folder", metavar="DIR", type=Path, help=talk.text("demo.cli.folder"))
    parser.add_argument("--days", type=int, default=90, help=talk.text("demo.cli.days"))
    parser.add_argument("--seed", type=int, default=7, help=talk.text("demo.cli.seed"))
    parser.add_argument("--clean", action="store_true", help=talk.text("demo.cli.clean"))
    parser.add_argument("--end", metavar="DATE", help=talk.text("demo.cli.end"))


def run(options: argparse.Namespace) -> None:
    """Write `shop.csv` and `planted.json`."""
    from servewell.site.demo import files, shop
    from servewell.site.demo.story import CLEAN, Faults

    made = shop.run(options.seed, _days(options.days), _last_day(options.end), CLEAN if options.clean else Faults())
    log, planted = files.write(made, options.folder)
    found = {"log": str(log), "planted": str(planted), "cases": len(made.cases)}
    talk.emit(options, found, talk.text("demo.cli.written", **found))


def _days(days: int) -> int:
    from servewell.site.demo.errors import TooManyDays

    if not 7 <= days <= 730:
        raise TooManyDays(days=days)
    return days


def _last_day(text: str | None) -> date:
    from servewell.site.demo.errors import NoSuchDay
    from servewell.site.demo.shop import yesterday

    try:
        return date.fromisoformat(text) if text else yesterday()
    except ValueError as error:
        raise NoSuchDay(text=text) from error

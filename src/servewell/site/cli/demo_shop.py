"""`servewell demo-shop`: the made-up shop as files."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer


def demo_shop(
    folder: Annotated[Path, typer.Argument(help="Where shop.csv and planted.json are written.", metavar="DIR")],
    days: Annotated[int, typer.Option(min=7, max=730, help="How many days.")] = 90,
    seed: Annotated[int, typer.Option(help="Another seed, other days.")] = 7,
    clean: Annotated[bool, typer.Option("--clean", help="The same days without the planted faults.")] = False,
    end: Annotated[str | None, typer.Option(help="The last day (YYYY-MM-DD); yesterday when left out.")] = None,
) -> None:
    """Write a made-up shop's service log, and what is wrong in it."""
    from servewell.site.demo import files, shop
    from servewell.site.demo.story import CLEAN, Faults

    made = shop.run(seed, days, _last_day(end), CLEAN if clean else Faults())
    try:
        paths = files.write(made, folder)
    except OSError as error:
        raise typer.BadParameter(f"cannot write there: {error.strerror}", param_hint="DIR") from error
    for path in paths:
        print(path)


def _last_day(text: str | None) -> date:
    from servewell.apps.base import clock
    from servewell.site.demo.vocabulary import ZONE

    if text is None:
        return clock.now().astimezone(ZoneInfo(ZONE)).date() - timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("not a date like 2026-03-31", param_hint="--end") from error

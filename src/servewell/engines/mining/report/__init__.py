"""Shows a log as a page to send by mail: the finding, the map, where the time goes, ways, rework, hand-overs."""

from collections.abc import Callable

from servewell.engines.mining.report.figures import gathered
from servewell.engines.mining.report.page import page
from servewell.engines.mining.report.words import saying
from servewell.engines.mining.steps import Steps

__all__ = ["html"]


def html(steps: Steps, name: str, language: str, label: Callable[[str], str] = str) -> str:
    """Return a self-contained HTML page (no script, nothing loaded) about a log.

    `language`: `zh-Hans` or `en`. `label` names an activity for people; all texts of the log are escaped.
    """
    return page(gathered(steps, name, label), language, saying(language))

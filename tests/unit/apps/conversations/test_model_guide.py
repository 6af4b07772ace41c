"""Does the guide of the model tell the truth? Its table of what follows what is the code's."""

import re
from pathlib import Path

import pytest

from servewell.apps.conversations import options
from servewell.apps.conversations.actions._labels import MOST_TAGS
from servewell.apps.conversations.actions._messages import LONGEST
from servewell.apps.conversations.lifecycle import Happening, next_status
from servewell.apps.conversations.models import Delivery, Status
from servewell.apps.people.models import Role

GUIDES = [Path(__file__).parents[4] / "docs/guide" / language / "model.md" for language in ("en", "zh")]


@pytest.fixture(params=GUIDES, ids=["en", "zh"])
def guide(request: pytest.FixtureRequest) -> str:
    return str(request.param.read_text(encoding="utf-8"))


def test_what_follows_what_is_as_the_code_has_it(guide: str) -> None:
    rows = [line.strip("| ").split(" | ") for line in guide.splitlines() if re.match(r"\| `\w+` \| (`|—)", line)]
    told = {row[0].strip("`"): [cell.strip("`") for cell in row[1:]] for row in rows}
    followed = {what.value: [next_status(status, what) for status in Status] for what in Happening}
    assert told == {what: [status.value if status else "—" for status in after] for what, after in followed.items()}


def test_the_picture_shows_only_what_can_happen(guide: str) -> None:
    drawn = re.findall(r"^ +(\w+) --> (\w+)", guide, re.MULTILINE)
    possible = {(before.value, next_status(before, what)) for before in Status for what in Happening}
    assert len(drawn) >= 8
    assert set(drawn) <= possible


def test_every_code_is_named(guide: str) -> None:
    codes = {*Status.values, *Delivery.values, *Role.values} - {Delivery.NONE.value}
    assert {code for code in codes if f"`{code}`" not in guide} == set()


def test_the_figures_are_those_of_the_code(guide: str) -> None:
    assert f"{LONGEST:,}" in guide
    assert str(MOST_TAGS) in guide
    assert options.CLOSE_AFTER_DAYS.default == 7
    assert "7 " in guide

"""Do the guides tell of every condition that a rule can make?"""

from pathlib import Path

import pytest

from servewell.apps.flows.rules import WHERE, Conditions

GUIDE = Path(__file__).parents[4] / "docs/guide"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_works(language: str) -> None:
    guide = (GUIDE / language / "reception.md").read_text(encoding="utf-8")
    for name in (*Conditions.__slots__, *WHERE):
        assert f"`{name}`" in guide, name

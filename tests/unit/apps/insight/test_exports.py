"""Cells that leave cannot become formulas."""

import pytest

from servewell.engines.mining.writers.cells import safe


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x","y")', "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_looks_like_a_formula_is_quoted(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["open", "退款", "", 3, -4.5, None])
def test_all_else_stays_as_it_is(cell: object) -> None:
    assert safe(cell) == cell

"""Are addresses of a reception rule kept in the form in which recipients come?"""

import pytest

from servewell.apps.flows import fitting


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Hilfe@Bücher.example", "hilfe@xn--bcher-kva.example"),
        ("*@bücher.example", "*@xn--bcher-kva.example"),
        ("Returns", "returns"),
        ("+49 123", "+49 123"),
    ],
)
def test_it_works(given: str, kept: str) -> None:
    """The domain as DNS has it: a mail to it never says it otherwise."""
    assert list(fitting.conditions({"addresses": [given]})["addresses"]) == [kept]

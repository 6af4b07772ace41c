"""How exact is money?"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base.money import Money

AMOUNTS = st.integers(-(10**15), 10**15)


def test_it_works() -> None:
    assert Money.of("12.34", "CNY") == Money(1234, "CNY")
    assert Money(1234, "CNY").as_json() == {"amount": 1234, "currency": "CNY"}


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [
        ("0.005", "CNY", 0),  # half goes to the even side
        ("0.015", "CNY", 2),
        ("-0.025", "CNY", -2),
        ("100", "JPY", 100),  # no minor unit
        ("1.2345", "KWD", 1234),  # a thousand fils, half to even
        (7, "USD", 700),
    ],
)
def test_major_units_are_rounded_half_to_even(major: str | int, currency: str, minor: int) -> None:
    assert Money.of(major, currency).amount == minor


@given(AMOUNTS, AMOUNTS)
def test_what_was_added_can_be_taken_away(a: int, b: int) -> None:
    assert Money(a, "CNY") + Money(b, "CNY") - Money(b, "CNY") == Money(a, "CNY")


@given(AMOUNTS)
def test_times_a_tenth_is_within_half_a_unit(amount: int) -> None:
    assert abs(Decimal(Money(amount, "CNY").times(Decimal("0.1")).amount) - Decimal(amount) / 10) <= Decimal("0.5")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="cannot mix"):
        Money(1, "CNY") + Money(1, "USD")

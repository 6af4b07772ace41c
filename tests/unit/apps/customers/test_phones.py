"""Telephone numbers of any shape: one value for one number, none for what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.customers import phones


def test_it_works():
    """Compared as E.164, shown as it is written for people abroad."""
    found = phones.read("138 0013 8000", "CN")
    assert (found.value, found.shown) == ("+8613800138000", "+86 138 0013 8000")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("８６１３８００１３８０００", "+8613800138000"),  # full width
        ("（０１０）１２３４－５６７８", "+861012345678"),  # a landline in full-width brackets
        ("010-12345678 转 801", "+861012345678;ext=801"),
        ("010-12345678分机号：801", "+861012345678;ext=801"),
        ("010 1234 5678 ext. 801", "+861012345678;ext=801"),
        ("0755-2345 6789", "+8675523456789"),
        ("400-820-8820", "+864008208820"),
        ("800 820 8820", "+868008208820"),
        ("tel:+86-138-0013-8000", "+8613800138000"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+852 6123 4567", "+85261234567"),
        ("+86 199 0000 0000", "+8619900000000"),
        (" \t+8613800138000\x00\n", "+8613800138000"),
        ("١٣٨٠٠١٣٨٠٠٠", "+8613800138000"),  # Arabic digits
    ],
)
def test_writings_of_one_number_have_one_value(written, value):
    """Spaces, brackets, dashes, widths, extensions, prefixes."""
    assert phones.read(written, "CN").value == value


@pytest.mark.parametrize(
    "written", ["", "hello", "12345", "95588", "12345678901", "+", "+86", "1" * 300, "138001380001380013800", "-", "🙂"]
)
def test_what_is_no_number_has_no_value(written):
    """Short codes of services are nobody's telephone."""
    assert phones.read(written, "CN") is None


def test_the_region_reads_what_names_no_country():
    """The same digits are another number elsewhere."""
    assert phones.read("020 7946 0958", "GB").value == "+442079460958"
    assert phones.read("020 7946 0958", "CN").value == "+862079460958"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        *(
            ("138", ["86138", "138"]),
            ("+86 138", ["86138"]),
            ("010-12", ["861012", "01012"]),
            ("１３８", ["86138", "138"]),
        ),
        *(("13", []), ("wang", []), ("", []), ("1" * 40, []), ("138a", [])),
    ],
)
def test_beginnings_of_numbers(text, digits):
    """For a search that is still being typed."""
    assert phones.beginnings(text, lambda: "CN") == digits


@given(st.text(st.characters(codec=None), max_size=300) | st.from_regex(r"[+(]?[0-9０-９ ()\-转]{3,30}"))
def test_a_value_is_its_own_value(text):
    """Read again, from anywhere, it is the same; and nothing is ever raised."""
    found = phones.read(text, "CN")
    if found is not None:
        assert phones.read(found.value, "US") == found
    phones.beginnings(text, lambda: "CN")

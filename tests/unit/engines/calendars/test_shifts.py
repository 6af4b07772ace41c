"""Shifts: how they are written, what cannot be, and that what overlaps becomes one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.engines.calendars import CalendarError, Shift, shifts, tidy
from servewell.engines.calendars.shifts import DAY, clock, minute, shift


def test_it_works():
    """In the order of the day; an end that is not later is on the next day."""
    assert shifts("13:00-18:00 09:00-12:00") == (Shift(540, 720), Shift(780, 1080))
    assert shifts("22:00-06:00") == (Shift(1320, 1800),)


def test_what_overlaps_or_touches_becomes_one():
    assert shifts("09:00-12:00 11:00-14:00 14:00-15:00") == (Shift(540, 900),)
    assert shifts("09:00-18:00 10:00-11:00") == (Shift(540, 1080),)


def test_all_day_is_written_either_way():
    """Twenty-four hours are one shift; midnight at the end of a day is 24:00."""
    assert shifts("00:00-24:00") == shifts("00:00-00:00") == (Shift(0, DAY),)
    assert shifts("09:00-09:00") == (Shift(540, 540 + DAY),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9:00-18:00", "bad-time"),  # two digits
        ("09:00-25:00", "bad-time"),
        ("09:60-18:00", "bad-time"),
        ("24:00-06:00", "bad-time"),  # a day does not begin at its end
        ("09:00", "bad-time"),
        ("-", "bad-time"),
        ("早上九点-晚上", "bad-time"),
        ("٠٩:٠٠-١٨:٠٠", "bad-time"),  # digits of another script
    ],
)
def test_what_is_no_time_is_refused_with_its_code(text, code):
    with pytest.raises(CalendarError) as refused:
        shifts(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (Shift(540, 540), "empty-shift"),
        (Shift(-1, 5), "empty-shift"),
        (Shift(DAY, DAY + 5), "empty-shift"),
        (Shift(0, DAY + 1), "too-long"),
    ],
)
def test_what_is_no_shift_is_refused_with_its_code(one, code):
    with pytest.raises(CalendarError) as refused:
        tidy([one])
    assert refused.value.code == code


def test_too_many_in_a_day_are_refused():
    with pytest.raises(CalendarError) as refused:
        tidy([Shift(start, start + 1) for start in range(0, 50, 2)])
    assert refused.value.code == "too-many"


minutes = st.integers(0, DAY - 1)
any_shifts = st.lists(
    st.builds(lambda start, length: Shift(start, start + length), minutes, st.integers(1, DAY)), max_size=12
)


@given(any_shifts)
def test_tidying_changes_no_open_minute(given_shifts):
    """And what is tidy stays as it is, in order."""
    tidied = tidy(given_shifts)
    opened = {at for one in given_shifts for at in range(*one)}
    assert {at for one in tidied for at in range(*one)} == opened
    assert tidy(tidied) == tidied
    assert list(tidied) == sorted(tidied)


@given(st.integers(0, DAY))
def test_a_minute_reads_as_it_is_written(at):
    assert minute(clock(at)) == at


@given(minutes, minutes)
def test_a_shift_is_at_most_a_day(start, end):
    made = shift(clock(start), clock(end))
    assert 0 < made.end - made.start <= DAY
    assert (made.end - end) % DAY == 0

"""Weeks: open or not, when next, how long; over midnight, over holidays, over the days when clocks are moved."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servewell.engines.calendars import CalendarError, Shift, Week, shifts

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"
HOUR = 3600.0
OFFICE = Week(SHANGHAI, (shifts("09:00-12:00 13:00-18:00"),) * 5 + ((),) * 2)
ROUND_THE_CLOCK = Week(BERLIN, (shifts("00:00-24:00"),) * 7)
NIGHTS = Week(SHANGHAI, (shifts("22:00-06:00"),) * 7)


def at(text, zone=SHANGHAI):
    """Return a moment on the wall of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def daily(text, zone, **exceptions):
    return Week(zone, (shifts(text),) * 7, {date.fromisoformat(day): own for day, own in exceptions.items()})


def test_it_works():
    """A Tuesday in an office: open from nine, closed at noon, open until six."""
    assert OFFICE.is_open(at("2026-03-10 09:00"))
    assert not OFFICE.is_open(at("2026-03-10 08:59:59.999999"))
    assert not OFFICE.is_open(at("2026-03-10 12:00"))
    assert not OFFICE.is_open(at("2026-03-10 18:00"))
    assert OFFICE.open_seconds(at("2026-03-10 00:00"), at("2026-03-11 00:00")) == 8 * HOUR


def test_a_moment_is_read_in_whatever_zone_it_comes():
    assert OFFICE.is_open(datetime(2026, 3, 10, 1, tzinfo=UTC))  # nine in Shanghai
    assert OFFICE.open_seconds(datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 10, 2, tzinfo=UTC)) == HOUR


def test_the_next_close_is_that_of_the_open_time_that_runs():
    """None while closed; over midnight where the next day goes on; none where it never closes."""
    assert OFFICE.next_close(at("2026-03-10 09:00")) == at("2026-03-10 12:00")
    assert OFFICE.next_close(at("2026-03-10 12:30")) is None
    assert NIGHTS.next_close(at("2026-03-10 23:00")) == at("2026-03-11 06:00")
    assert ROUND_THE_CLOCK.next_close(at("2026-03-10 12:00", BERLIN)) is None


def test_the_next_open_moment_may_be_now_or_after_the_weekend():
    assert OFFICE.next_open(at("2026-03-10 10:30")) == at("2026-03-10 10:30")
    assert OFFICE.next_open(at("2026-03-10 12:30")) == at("2026-03-10 13:00")
    assert OFFICE.next_open(at("2026-03-13 18:00")) == at("2026-03-16 09:00")


def test_a_night_shift_belongs_to_both_days():
    assert NIGHTS.is_open(at("2026-03-10 23:00"))
    assert NIGHTS.is_open(at("2026-03-11 05:59"))
    assert not NIGHTS.is_open(at("2026-03-11 06:00"))
    assert NIGHTS.open_seconds(at("2026-03-10 12:00"), at("2026-03-11 12:00")) == 8 * HOUR


def test_shifts_of_two_days_that_overlap_count_once():
    """Until six from the night before, and again from five."""
    week = Week(SHANGHAI, (shifts("05:00-08:00 22:00-06:00"),) * 7)
    assert week.open_seconds(at("2026-03-10 12:00"), at("2026-03-11 12:00")) == 10 * HOUR


def test_shifts_of_an_exception_that_overlap_count_once():
    """Also where the two together are longer than one shift may be."""
    long = daily("", SHANGHAI, **{"2026-03-10": shifts("00:00-23:00 22:00-21:59")})
    start, end = at("2026-03-10 00:00"), at("2026-03-11 00:00")
    assert long.open_seconds(start, end) == 24 * HOUR
    assert long.after(start, 25 * HOUR) == at("2026-03-11 01:00")
    assert long.open_seconds(start, at("2026-03-12 00:00")) == 45 * HOUR + 59 * 60


def test_a_holiday_is_closed_from_midnight_to_midnight():
    """Also what the evening before would have carried into it."""
    week = Week(SHANGHAI, NIGHTS.days, {date(2026, 10, 1): ()})
    assert week.is_open(at("2026-09-30 23:59"))
    assert not week.is_open(at("2026-10-01 00:00"))
    assert not week.is_open(at("2026-10-01 23:00"))
    assert not week.is_open(at("2026-10-02 03:00"))  # nobody began the night before
    assert week.is_open(at("2026-10-02 22:00"))


def test_a_date_may_have_hours_of_its_own():
    """A Saturday that is worked, as in China before long holidays."""
    week = Week(SHANGHAI, OFFICE.days, {date(2026, 10, 10): shifts("09:00-17:00")})
    assert week.open_seconds(at("2026-10-10 00:00"), at("2026-10-11 00:00")) == 8 * HOUR
    assert week.next_open(at("2026-10-09 18:00")) == at("2026-10-10 09:00")


def test_what_is_never_open_has_no_next_moment():
    never = Week(SHANGHAI, ((),) * 7)
    assert never.next_open(at("2026-03-10 00:00")) is None
    assert never.after(at("2026-03-10 00:00"), 1) is None
    once = Week(SHANGHAI, ((),) * 7, {date(2026, 3, 12): shifts("10:00-11:00")})
    assert once.next_open(at("2026-03-10 00:00")) == at("2026-03-12 10:00")
    assert once.next_open(at("2026-03-12 11:00")) is None
    assert once.after(at("2026-03-10 00:00"), 2 * HOUR) is None


def test_four_open_hours_later_may_be_tomorrow():
    assert OFFICE.after(at("2026-03-10 16:00"), 4 * HOUR) == at("2026-03-11 11:00")
    assert OFFICE.after(at("2026-03-13 17:00"), HOUR) == at("2026-03-13 18:00")
    assert OFFICE.after(at("2026-03-14 11:00"), 0) == at("2026-03-14 11:00")


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-03-28", 24),
        ("2026-03-29", 23),  # the clock is put forward
        ("2026-10-25", 25),  # and back
    ],
)
def test_a_day_is_as_long_as_it_is(day, hours):
    start = at(day, BERLIN)
    end = at((date.fromisoformat(day) + timedelta(days=1)).isoformat(), BERLIN)
    assert ROUND_THE_CLOCK.open_seconds(start, end) == hours * HOUR


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("01:00-04:00", 2),  # one of the three does not exist
        ("02:00-03:00", 0),  # none of it exists
        ("02:30-03:30", 0.5),  # it begins when the clock jumps
        ("01:30-02:30", 0.5),  # it ends then
    ],
)
def test_an_hour_that_does_not_exist_is_not_open(text, hours):
    week = daily(text, BERLIN)
    assert week.open_seconds(at("2026-03-29", BERLIN), at("2026-03-30", BERLIN)) == hours * HOUR


def test_an_hour_that_comes_twice_counts_twice():
    """Within a shift; a shift that ends in it ends at its first coming, so that the next one begins there."""
    day = at("2026-10-25", BERLIN), at("2026-10-26", BERLIN)
    assert daily("01:00-04:00", BERLIN).open_seconds(*day) == 4 * HOUR
    halves = daily("01:00-02:30", BERLIN), daily("02:30-04:00", BERLIN)
    assert sum(week.open_seconds(*day) for week in halves) == 4 * HOUR


def test_a_day_that_was_skipped_is_not_open():
    """Samoa crossed the date line: there was no 30 December 2011."""
    week = daily("09:00-17:00", "Pacific/Apia")
    around = at("2011-12-29", "Pacific/Apia"), at("2012-01-01", "Pacific/Apia")
    assert week.open_seconds(*around) == 16 * HOUR


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Asia", "Asia/Shanghai\0"])
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(CalendarError) as refused:
        Week(zone, ((),) * 7)
    assert refused.value.code == "unknown-zone"


def test_a_week_has_seven_days():
    with pytest.raises(CalendarError):
        Week(SHANGHAI, ((),) * 6)


# --- What holds for every week ------------------------------------------------------------------------------------

ZONES = st.sampled_from(
    [SHANGHAI, BERLIN, "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "America/Sao_Paulo"]
)  # half-hour steps, jumps at midnight, odd offsets
SHIFT = st.builds(lambda start, length: Shift(start, start + length), st.integers(0, 1439), st.integers(1, 1440))
DAYS = st.tuples(*[st.lists(SHIFT, max_size=3).map(tuple)] * 7)
DATES = st.dates(date(2011, 12, 20), date(2012, 1, 10)) | st.dates(date(2026, 3, 1), date(2026, 4, 10))
WEEKS = st.builds(Week, ZONES, DAYS, st.dictionaries(DATES, st.lists(SHIFT, max_size=3).map(tuple), max_size=3))


def within(first: str, last: str):
    """Return moments between two dates."""
    start, end = at(first, "UTC"), at(last, "UTC")
    return st.timedeltas(timedelta(), end - start).map(lambda passed: start + passed)


MOMENTS = within("2026-03-20", "2026-04-08") | within("2026-10-20", "2026-11-05") | within("2011-12-25", "2012-01-03")
NEAR = st.timedeltas(timedelta(), timedelta(days=9))


@given(WEEKS, MOMENTS, NEAR, NEAR)
@settings(max_examples=150)
def test_open_time_adds_up(week, start, one, two):
    """From a to b and from b to c is from a to c; backwards it is the same with a minus."""
    middle, end = start + one, start + one + two
    parts = week.open_seconds(start, middle) + week.open_seconds(middle, end)
    assert parts == pytest.approx(week.open_seconds(start, end), abs=1e-6)
    assert week.open_seconds(end, start) == -week.open_seconds(start, end)


@given(WEEKS, MOMENTS, NEAR)
@settings(max_examples=150)
def test_open_time_is_never_more_than_time(week, start, length):
    """Nor less than none, so it never falls as time goes on."""
    assert 0 <= week.open_seconds(start, start + length) <= length.total_seconds()


@given(WEEKS, MOMENTS)
@settings(max_examples=150)
def test_open_moments_and_open_time_agree(week, moment):
    """A microsecond is open time just when its moment is open."""
    tick = timedelta(microseconds=1)
    assert (week.open_seconds(moment, moment + tick) > 0) == week.is_open(moment)


@given(WEEKS, MOMENTS)
@settings(max_examples=150)
def test_the_next_open_moment_is_open_and_none_before_it(week, moment):
    following = week.next_open(moment)
    if following is None:
        assert not any(week.days)
        return
    assert following >= moment
    assert week.is_open(following)
    near = min(following, moment + timedelta(days=20))
    assert week.open_seconds(moment, near) == 0


@given(WEEKS, MOMENTS, st.floats(0.001, 3 * 24 * HOUR))
@settings(max_examples=150)
def test_what_lies_between_now_and_then_is_what_was_asked(week, moment, seconds):
    """`after` undoes `open_seconds`."""
    then = week.after(moment, seconds)
    if then is None:
        assert not any(week.days)
    elif then - moment < timedelta(days=60):
        assert week.open_seconds(moment, then) == pytest.approx(seconds, abs=1e-5)

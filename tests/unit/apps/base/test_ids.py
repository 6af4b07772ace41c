"""What are ids like?"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import clock, ids

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def test_it_works() -> None:
    """An id is a UUIDv7 of the moment it was made at."""
    moment = datetime(2026, 3, 10, 12, 0, 0, 123000, tzinfo=UTC)
    with clock.frozen(moment):
        made = ids.new()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(moment.timestamp() * 1000)


def test_ids_do_not_repeat() -> None:
    moment = datetime(2026, 3, 10, tzinfo=UTC)
    assert len({ids.at(moment) for _ in range(10_000)}) == 10_000


@given(MOMENTS)
def test_no_id_of_a_moment_is_below_its_first(moment: datetime) -> None:
    assert ids.first_at(moment) <= ids.at(moment)
    if moment - datetime(1970, 1, 1, tzinfo=UTC) > timedelta(milliseconds=2):
        assert ids.at(moment - timedelta(milliseconds=1)) < ids.first_at(moment) or moment.microsecond % 1000


def test_ids_sort_as_text_as_they_do_as_numbers() -> None:
    made = [ids.at(datetime(2026, 1, day, tzinfo=UTC)) for day in range(1, 29)]
    assert sorted(made, key=str) == sorted(made) == made
    assert all(isinstance(id_, UUID) for id_ in made)


def test_moments_before_1970_have_the_lowest_ids() -> None:
    assert ids.at(datetime(1900, 1, 1, tzinfo=UTC)).int >> 80 == 0

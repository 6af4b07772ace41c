"""How times are written."""

from datetime import datetime
from functools import cache

import pytest

from servewell.engines.mining import Columns, Connection
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import times

at = datetime  # without a zone: the table means UTC
SHANGHAI = Columns("case", ("activity",), "time", zone="Asia/Shanghai")


ZONED = [
    ("2026-01-02T03:04:05Z", at(2026, 1, 2, 3, 4, 5)),
    ("2026-01-02T03:04:05.123456Z", at(2026, 1, 2, 3, 4, 5, 123456)),
    ("2026-01-02T03:04:05.123456789+00:00", at(2026, 1, 2, 3, 4, 5, 123456)),
    ("2026-01-02T03:04:05+08:00", at(2026, 1, 1, 19, 4, 5)),
    ("2026-01-02T03:04:05-0530", at(2026, 1, 2, 8, 34, 5)),
    ("2026-01-02 03:04:05 +08", at(2026, 1, 1, 19, 4, 5)),
    ("2026-01-02 03:04:05 UTC", at(2026, 1, 2, 3, 4, 5)),
    ("20260102T030405Z", at(2026, 1, 2, 3, 4, 5)),
    ("2026-01-02T03:04z", at(2026, 1, 2, 3, 4)),
    ("Fri, 02 Jan 2026 03:04:05 +0800", at(2026, 1, 1, 19, 4, 5)),
    ("1767323045", at(2026, 1, 2, 3, 4, 5)),
    ("1767323045.25", at(2026, 1, 2, 3, 4, 5, 250000)),
    ("1767323045123", at(2026, 1, 2, 3, 4, 5, 123000)),
    ("1767323045123456", at(2026, 1, 2, 3, 4, 5, 123456)),
    ("1767323045123456789", at(2026, 1, 2, 3, 4, 5, 123457)),
]
LOCAL = [
    ("2026-01-02 03:04:05", at(2026, 1, 2, 3, 4, 5)),
    ("2026-01-02", at(2026, 1, 2)),
    ("2026/1/2 3:04", at(2026, 1, 2, 3, 4)),
    ("2026.01.02 03:04:05", at(2026, 1, 2, 3, 4, 5)),
    ("2026-01-02 03:04:05,123", at(2026, 1, 2, 3, 4, 5, 123000)),
    ("02.01.2026 03:04:05", at(2026, 1, 2, 3, 4, 5)),
    ("2026年1月2日 03:04", at(2026, 1, 2, 3, 4)),
    ("2026年01月02日3时4分5秒", at(2026, 1, 2, 3, 4, 5)),
    ("2026年1月2日 下午3:04", at(2026, 1, 2, 15, 4)),
    ("2026年1月2日 中午12:04", at(2026, 1, 2, 12, 4)),
    ("2026年1月2日 凌晨12:04", at(2026, 1, 2, 0, 4)),
    ("2026-01-02 3:04 PM", at(2026, 1, 2, 15, 4)),
    ("2026-01-02 12:04 am", at(2026, 1, 2, 0, 4)),
    ("Jan 2, 2026 3:04 PM", at(2026, 1, 2, 15, 4)),
    ("02-Jan-2026 03:04", at(2026, 1, 2, 3, 4)),
    ("20260102030405", at(2026, 1, 2, 3, 4, 5)),
    ("20260102", at(2026, 1, 2)),
    (" 2026-01-02 03:04 ", at(2026, 1, 2, 3, 4)),
    ("2026-01-02T24:00:00", at(2026, 1, 3)),
]
NONE = [
    "",
    "soon",
    "infinity",
    "epoch",
    "now",
    "2026-02-30 01:00",
    "2026-13-01",
    "12",
    "1.5",
    "-1767323045",
    "2026-01-02 25:00",
]
BERLIN = ["2025-10-26 02:30", "2025-03-30 02:30"]


def convert(connection: Connection, text: str, zone: str | None = None, dates: str | None = None) -> datetime | None:
    """Convert one text as the readers do; all texts of this file go through one statement, for planning it is dear."""
    found = _converted(connection, zone, dates)
    return found[text]


@cache
def _converted(connection: Connection, zone: str | None, dates: str | None) -> dict[str, datetime | None]:
    texts = [*(text for text, _utc in ZONED), *(text for text, _local in LOCAL), *NONE, *BERLIN]
    sql = times.to_utc("t", zone=zone is not None, dates=dates)
    connection.con.execute(f"set timezone = '{zone or 'UTC'}'")
    try:
        return dict(connection.con.execute(f"select t, {sql} from (select unnest(?) as t)", [texts]).fetchall())
    finally:
        connection.con.execute("set timezone = 'UTC'")


@pytest.mark.parametrize(("text", "utc"), ZONED)
def test_times_that_say_their_zone(connection: Connection, text: str, utc: datetime) -> None:
    """ISO 8601 in its forms, RFC 2822, seconds since 1970 and finer."""
    assert convert(connection, text) == utc
    assert convert(connection, text, "Asia/Shanghai") == utc
    found = times.written(text)
    assert found is not None
    assert found.zoned


@pytest.mark.parametrize(("text", "local"), LOCAL)
def test_times_that_do_not(connection: Connection, text: str, local: datetime) -> None:
    """They are those of the zone that was named, and nothing without one."""
    assert convert(connection, text, "UTC") == local
    assert convert(connection, text) is None
    found = times.written(text)
    assert found is not None
    assert not found.zoned


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_time_stays_none(connection: Connection, text: str) -> None:
    """DuckDB's own words for times are not taken either."""
    assert convert(connection, text, "UTC", "dmy") is None


def test_a_clock_set_back_takes_the_second_of_two_times(connection: Connection) -> None:
    """02:30 on the last Sunday of October happens twice in Berlin: standard time is meant."""
    assert convert(connection, "2025-10-26 02:30", "Europe/Berlin") == at(2025, 10, 26, 1, 30)


def test_a_clock_set_forward_moves_what_it_skips(connection: Connection) -> None:
    """02:30 on the last Sunday of March does not exist in Berlin: it becomes 03:30 summer time."""
    assert convert(connection, "2025-03-30 02:30", "Europe/Berlin") == at(2025, 3, 30, 1, 30)


def test_forms_may_be_mixed(read) -> None:
    """Each row by its own form."""
    forms = ["2026-01-02T03:04:00Z", "2026/1/2 11:04", "2026年1月2日 11:04", "1767323040", "02.01.2026 11:04:00"]
    outcome = read("case,activity,time\n" + "".join(f"1,a,{form}\n" for form in forms), SHANGHAI)
    assert {row[2] for row in outcome.rows} == {at(2026, 1, 2, 3, 4)}
    assert outcome.report.rows_taken == len(forms)


def log_of(*dates: str) -> str:
    """A log with one row a date, all of one case."""
    return "case,activity,time\n" + "".join(f"1,a,{date}\n" for date in dates)


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["13/02/2026 10:00", "01/02/2026 10:00"], "dmy"),  # a 13th month does not exist
        (["02/13/2026 10:00", "02/01/2026 10:00"], "mdy"),
        (
            ["09/03/2026", "10/03/2026", "01/04/2026", "02/04/2026"],
            "dmy",
        ),  # the other order would run backwards in time
        (["03/01/2026", "03/02/2026", "03/03/2026", "04/01/2026"], "mdy"),
    ],
)
def test_the_log_tells_day_from_month(read, dates: list[str], order: str) -> None:
    """By parts above 12, else by time that should not run backwards; the report says which."""
    outcome = read(log_of(*dates), SHANGHAI)
    assert (outcome.report.dates, outcome.report.rows_taken) == (order, len(dates))


def test_a_date_that_proves_the_order_may_stand_far_down(read) -> None:
    """The whole log is asked, not only its beginning."""
    outcome = read(log_of(*["01/01/2026"] * 1_500, "25/01/2026"), SHANGHAI)
    assert (outcome.report.dates, outcome.report.rows_taken) == ("dmy", 1_501)


def test_dates_that_tell_nothing_are_asked_for(read) -> None:
    """And an answer is taken as it is."""
    with pytest.raises(MiningError) as asked:
        read(log_of("01/02/2026"), SHANGHAI)
    assert asked.value.code == "ambiguous-dates"
    assert read(log_of("01/02/2026"), SHANGHAI, dates="dmy").rows[0][2] == at(2026, 1, 31, 16)
    assert read(log_of("01/02/2026"), SHANGHAI, dates="mdy").rows[0][2] == at(2026, 1, 1, 16)

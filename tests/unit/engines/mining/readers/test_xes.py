"""XES logs."""

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from servewell.engines.mining import Columns, Connection
from servewell.engines.mining.columns import XES
from servewell.engines.mining.errors import MiningError

at = datetime  # without a zone: the table means UTC
LOGS = Path(__file__).parents[6] / "shared" / "data" / "logs"


def event(name: str | None = "open", time: str | None = "2026-01-02T03:04:05+02:00", more: str = "") -> str:
    """One event."""
    parts = [f'<string key="concept:name" value="{name}"/>' if name is not None else ""]
    parts.append(f'<date key="time:timestamp" value="{time}"/>' if time is not None else "")
    return f"<event>{''.join(parts)}{more}</event>"


def log(*events: str, case: str | None = "c1", head: str = "", root: str = "log") -> str:
    """A log of one trace."""
    name = f'<string key="concept:name" value="{case}"/>' if case is not None else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{head}<trace>{name}{"".join(events)}</trace></{root}>'


def test_it_works(read) -> None:
    """The trace's name is the case; names, times and resources are the event's."""
    content = log(event(more='<string key="org:resource" value="ann &amp; bob"/>'), event("close"))
    outcome = read(content, None, "log.xes")
    assert outcome.rows == [
        ("c1", "open", at(2026, 1, 2, 1, 4, 5), "ann & bob"),
        ("c1", "close", at(2026, 1, 2, 1, 4, 5), None),
    ]
    assert (outcome.report.format, outcome.report.rows_set_aside) == ("xes", 0)


@pytest.mark.parametrize("name", ["log.xes", "log.xml", "log.csv", "log"])
def test_the_name_of_the_file_does_not_matter(read, name: str) -> None:
    """Nor whether it is zipped."""
    assert len(read(log(event()), None, name).rows) == 1
    assert len(read(gzip.compress(log(event()).encode()), None, name).rows) == 1


def test_several_activities_and_attributes_of_the_trace(read) -> None:
    """Any attribute may name the activity; `case:` means the trace's."""
    more = '<string key="lifecycle:transition" value="complete"/>'
    head = '<string key="product" value="shoe"/>'
    content = log(event(more=more)).replace("<event>", head + "<event>", 1)
    columns = Columns("case:product", ("concept:name", "lifecycle:transition", "case:product"), "time:timestamp")
    assert read(content, columns, "log.xes").rows[0][:2] == ("shoe", "open/complete/shoe")


def test_a_classifier_stands_for_its_keys(read) -> None:
    """`--activity "Activity classifier"`."""
    head = '<classifier name="Both" keys="concept:name lifecycle:transition"/>'
    content = log(event(more='<string key="lifecycle:transition" value="start"/>'), head=head)
    assert read(content, Columns("concept:name", ("Both",), "time:timestamp"), "log.xes").rows[0][1] == "open/start"


def test_nested_attributes_and_globals_are_not_the_events_own(read) -> None:
    """A child of an attribute, and the log's defaults, name nothing."""
    head = '<global scope="event"><string key="org:resource" value="default"/></global>'
    more = '<string key="x" value="1"><string key="org:resource" value="inner"/></string>'
    more += '<list key="l"><values><string key="concept:name" value="inner"/></values></list>'
    outcome = read(log(event(more=more), head=head), None, "log.xes")
    assert outcome.rows[0][1::2] == ("open", None)


def test_the_name_of_a_trace_may_stand_behind_its_events(read) -> None:
    """The standard sets no order."""
    content = f'<log><trace>{event()}<string key="concept:name" value="late"/></trace></log>'
    assert read(content, None, "log.xes").rows[0][0] == "late"


def test_namespaces_and_marks(read) -> None:
    """With the standard's namespace, with a prefix, with a byte order mark."""
    assert len(read(log(event()).replace("<log>", '<log xmlns="http://www.xes-standard.org/">'), None).rows) == 1
    prefixed = log(event()).replace("</", "</x:").replace("<log", '<x:log xmlns:x="http://x"')
    for tag in ("trace", "event", "string", "date"):
        prefixed = prefixed.replace(f"<{tag}", f"<x:{tag}")
    assert len(read(prefixed, None).rows) == 1
    assert len(read(b"\xef\xbb\xbf" + log(event()).encode(), None).rows) == 1


def test_other_encodings(read) -> None:
    """GB18030, declared, which the parser itself does not know."""
    content = log(event("受理")).replace("UTF-8", "GB18030").encode("gb18030")
    assert read(content, None).rows[0][1] == "受理"


def test_events_that_lack_something_are_set_aside(read) -> None:
    """With the line they start on."""
    content = (
        "<log>\n"
        + event("stray")
        + "\n<trace>\n"
        + '<string key="concept:name" value="c1"/>\n'
        + event()
        + "\n"
        + event(None)
        + "\n"
        + event(time=None)
        + "\n"
        + event(time="soon")
        + "\n</trace>\n<trace>"
        + event()
        + "</trace></log>"
    )
    outcome = read(content, None)
    assert sorted((one.row, one.reason) for one in outcome.report.examples) == [
        (2, "outside-trace"),
        (6, "no-activity"),
        (7, "no-time"),
        (8, "bad-time"),
        (10, "no-case"),
    ]
    assert outcome.report.rows == 6


def test_times_without_a_zone_are_utc(read) -> None:
    """As the standard's readers take them; a zone that was named goes."""
    content = log(event(time="2026-01-02T03:04:05.000"))
    assert read(content, None).rows[0][2] == at(2026, 1, 2, 3, 4, 5)
    columns = Columns(XES.case, XES.activity, XES.time, zone="Asia/Shanghai")
    assert read(content, columns).rows[0][2] == at(2026, 1, 1, 19, 4, 5)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<html><body></body></html>", "wrong-type"),
        ('<?xml version="1.0"?><definitions/>', "not-xes"),
        ("<log></log>", "header-only"),
        (log(), "header-only"),
        (log(event())[:-20], "broken-xml"),
        (log(event()).replace("</event>", "</evnt>"), "broken-xml"),
        ('<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + log(event("&b;"))[39:], "forbidden-xml"),
        ('<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + log(event("&a;"))[39:], "forbidden-xml"),
        (log(event("x" * 10_000)), "nothing-taken"),
        (log(event(None)), "missing-columns"),
        (log(event(), case=None), "nothing-no-case"),
    ],
)
def test_what_is_no_log_is_refused(read, content: str, code: str) -> None:
    """Each by its own sentence; entities are never expanded."""
    with pytest.raises(MiningError) as refused:
        read(content, None, "log.xes")
    assert refused.value.code == code


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.98])
def test_a_cut_off_zip_leaves_nothing(read, connection: Connection, keep: float) -> None:
    """Wherever it was cut."""
    whole = gzip.compress(log(*(event(f"step {n}") for n in range(20_000))).encode())
    with pytest.raises(MiningError) as refused:
        read(whole[: int(len(whole) * keep)], None, "log.xes.gz")
    assert refused.value.code == "broken-gzip"
    assert not connection.con.execute("select 1 from duckdb_tables() where table_name like 'given%'").fetchall()


def test_a_gz_that_is_none(read) -> None:
    """What counts is what the file holds."""
    with pytest.raises(MiningError) as refused:
        read(b"\x1f\x8bnot a zip at all", None, "log.xes.gz")
    assert refused.value.code == "broken-gzip"


def test_huge_texts_do_no_harm(read) -> None:
    """Text between elements is passed over."""
    content = log(event()).replace("<event>", "x" * 5_000_000 + "<event>")
    assert len(read(content, None).rows) == 1


def test_deep_nesting_does_no_harm(read) -> None:
    """Attributes within attributes within attributes."""
    deep = '<list key="a">' * 20_000 + "</list>" * 20_000
    assert len(read(log(event(more=deep)), None).rows) == 1


@pytest.mark.shared_data
def test_a_real_log_is_read_whole(read) -> None:
    """21,348 events of a help desk."""
    if not LOGS.exists():
        pytest.skip("the shared logs are not here")
    outcome = read(LOGS / "Helpdesk.xes.gz", None)
    assert (outcome.report.rows_taken, outcome.report.rows_set_aside) == (21_348, 0)
    assert len({row[0] for row in outcome.rows}) == 4_580

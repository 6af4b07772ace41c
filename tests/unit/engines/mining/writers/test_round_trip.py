"""What is written can be read again, here and by other tools."""

import csv as csv_module
import json
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from lxml import etree

from servewell.engines.mining import Columns, Connection, readers
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.writers import csv, ocel, xes
from servewell.engines.mining.writers.event import LogEvent

BEGIN = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
EVENTS = [
    LogEvent("c1", "受理", BEGIN, "王芳", "start", id="id-1", attributes={"amount": 1200, "vip": True, "share": 0.5}),
    LogEvent("c1", 'a "b", <c> & d', BEGIN + timedelta(hours=1), None),
    LogEvent("c2", "two\nlines\ttab", (BEGIN + timedelta(days=1)).astimezone(timezone(timedelta(hours=8))), "bob"),
    LogEvent("c2", "关闭", BEGIN + timedelta(days=2), "bob", objects={"customer": "k1"}, attributes={"due": BEGIN}),
]
PLAIN = [(e.case, e.activity, e.time.astimezone(UTC).replace(tzinfo=None), e.resource) for e in EVENTS]


def read_back(connection: Connection, path: Path, columns: Columns | None = None) -> list[tuple[object, ...]]:
    """Read the plain columns."""
    _table, report = readers.read(connection, path, columns, table="again")
    rows = connection.con.execute('select "case", activity, time, resource from again order by rowid').fetchall()
    connection.con.execute("drop table again")
    assert report.rows_set_aside == 0
    return rows


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_xes(connection: Connection, tmp_path: Path, name: str) -> None:
    """Also zipped."""
    assert xes.write(EVENTS, tmp_path / name, "a & b") == len(EVENTS)
    assert read_back(connection, tmp_path / name) == PLAIN


def test_csv(connection: Connection, tmp_path: Path) -> None:
    """With its attributes as columns."""
    assert csv.write(EVENTS, tmp_path / "log.csv", ["amount", "vip", "due"]) == len(EVENTS)
    assert read_back(connection, tmp_path / "log.csv") == PLAIN
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv_module.reader(file))
    assert rows[0] == ["case", "activity", "time", "resource", "lifecycle", "amount", "vip", "due"]
    assert rows[1][4:] == ["start", "1200", "true", ""]
    assert rows[4][7] == "2026-01-02T03:04:05.000678Z"


def test_csv_begins_with_a_mark_and_holds_no_formula(tmp_path: Path) -> None:
    """Excel reads Chinese rightly, and takes no text for a formula; numbers stay numbers."""
    bad = ["=1+1", "+1", "-1", "@x", "\tx"]
    csv.write([LogEvent("c", text, BEGIN, text, attributes={"n": -1}) for text in bad], tmp_path / "x.csv", ["n"])
    content = (tmp_path / "x.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv_module.reader(file))[1:]
    assert [row[1] for row in rows] == [f"'{text}" for text in bad]
    assert {row[5] for row in rows} == {"-1"}


def test_xes_is_xml_whatever_the_texts_hold(tmp_path: Path) -> None:
    """Control characters are left out, everything else is escaped; the standard's extensions are declared."""
    nasty = "a\x00\x01\x0b\ufffe<&\"'>\U0001f600"
    xes.write([LogEvent(nasty, nasty, BEGIN, nasty)], tmp_path / "x.xes", nasty)
    root = etree.parse(tmp_path / "x.xes").getroot()
    space = {"x": "http://www.xes-standard.org/"}
    assert root.get("xes.version") == "1.0"
    assert {e.get("prefix") for e in root.findall("x:extension", space)} == {"concept", "lifecycle", "org", "time"}
    assert root.find("x:trace/x:event/x:string[@key='concept:name']", space).get("value") == "a<&\"'>\U0001f600"


def test_a_case_in_two_pieces_is_two_traces(tmp_path: Path) -> None:
    """Writers take events case by case: they do not sort."""
    xes.write([EVENTS[0], EVENTS[2], EVENTS[1]], tmp_path / "x.xes", "log")
    assert (tmp_path / "x.xes").read_text(encoding="utf-8").count("<trace>") == 3


TYPES = {"string": str, "integer": int, "float": float, "boolean": bool, "time": str}


def test_ocel_keeps_the_standards_rules(tmp_path: Path) -> None:
    """OCEL 2.0: unique ids, declared types and attributes, relationships that lead somewhere, times with a zone."""
    assert ocel.write(EVENTS, tmp_path / "log.json") == len(EVENTS)
    log = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    assert set(log) == {"events", "objects", "eventTypes", "objectTypes"}
    objects = {one["id"]: one["type"] for one in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert set(objects.values()) == {one["name"] for one in log["objectTypes"]}
    declared = {kind["name"]: {a["name"]: a["type"] for a in kind["attributes"]} for kind in log["eventTypes"]}
    assert len({event["id"] for event in log["events"]}) == len(EVENTS)
    for event in log["events"]:
        assert datetime.fromisoformat(event["time"]).tzinfo is not None
        assert all(isinstance(one["value"], TYPES[declared[event["type"]][one["name"]]]) for one in event["attributes"])
        assert {one["objectId"] for one in event["relationships"]} <= set(objects)
    assert Counter(objects.values()) == {"case": 2, "resource": 2, "customer": 1}
    assert log["events"][3]["relationships"][1] == {"objectId": "customer:k1", "qualifier": "customer"}


def test_ocel_types_that_differ_become_text(tmp_path: Path) -> None:
    """An attribute is declared once per event type, and numbers that are none have no place in JSON."""
    values = [1, "x", float("nan")]
    ocel.write([LogEvent("c", "a", BEGIN, attributes={"v": value}) for value in values], tmp_path / "log.json")
    log = json.loads((tmp_path / "log.json").read_text(), parse_constant=pytest.fail)
    assert {"name": "v", "type": "string"} in log["eventTypes"][0]["attributes"]


@pytest.mark.parametrize("write", [csv.write, ocel.write, lambda events, path: xes.write(events, path, "x")])
def test_no_events_make_a_whole_file(tmp_path: Path, write) -> None:
    """Empty, and yet well-formed."""
    path = tmp_path / "log"
    assert write([], path) == 0
    assert path.stat().st_size > 20


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    """An older file stays as it was, and no piece of the new one lies about."""
    path = tmp_path / "log.csv"
    path.write_text("older")

    def broken():
        yield EVENTS[0]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        csv.write(broken(), path)
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_that_do_not_exist(tmp_path: Path) -> None:
    """Are not made: a slip of the pen would make many."""
    with pytest.raises(MiningError) as refused:
        csv.write(EVENTS, tmp_path / "none" / "log.csv")
    assert refused.value.code == "not-writable"
    with pytest.raises(MiningError) as refused:
        csv.write(EVENTS, tmp_path)
    assert refused.value.code == "is-folder"

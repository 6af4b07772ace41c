"""What a person sees of a file before it becomes a log."""

from pathlib import Path

import pytest

from servewell.engines.mining import Columns, readers
from servewell.engines.mining.errors import MiningError


def inspect(tmp_path: Path, text: str) -> readers.Inspection:
    """Look at a text."""
    path = tmp_path / "upload"
    path.write_text(text, encoding="utf-8")
    return readers.inspect(path)


def parts(inspection: readers.Inspection) -> dict[str, str]:
    """The guessed columns."""
    return {column.guess: column.name for column in inspection.columns if column.guess}


def test_it_works(tmp_path: Path) -> None:
    """Format, columns with samples, the first rows, and nothing left to ask."""
    seen = inspect(tmp_path, "case;activity;time\n1;open;2026-01-02T03:04Z\n1;close;2026-01-02T03:05Z\n")
    assert (seen.format, seen.encoding, seen.delimiter) == ("csv", "utf-8", ";")
    assert seen.columns[1] == readers.Column("activity", ("open", "close"), "activity")
    assert seen.preview[0] == ("1", "open", "2026-01-02T03:04Z")
    assert (seen.ready, seen.needs_zone) == (True, False)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "case:concept:name,concept:name,time:timestamp,org:resource",
            ("case:concept:name", "concept:name", "time:timestamp", "org:resource"),
        ),
        ("Case ID,Activity,Complete Timestamp,Resource", ("Case ID", "Activity", "Complete Timestamp", "Resource")),
        ("ticket_id,status,changed_at_time,assignee", ("ticket_id", "status", "changed_at_time", "assignee")),
        ("工单号,环节名称,发生时间,处理人", ("工单号", "环节名称", "发生时间", "处理人")),
        ("会话ID,动作,时间,客服", ("会话ID", "动作", "时间", "客服")),
        ("案例,活动,完成时间,坐席", ("案例", "活动", "完成时间", "坐席")),
        ("单号,步骤,操作时间,负责人", ("单号", "步骤", "操作时间", "负责人")),
        ("x,y,z,w", ("x", "y", "z", None)),
    ],
)  # fmt: skip
def test_columns_are_guessed(tmp_path: Path, header: str, expected: tuple[str | None, ...]) -> None:
    """By their names in both languages, else by what stands below them."""
    rows = "".join(f"{n // 4},{step},2026-01-02T03:0{n % 4}Z,ann\n" for n, step in enumerate("abcd" * 5))
    found = parts(inspect(tmp_path, f"{header}\n{rows}"))
    assert tuple(found.get(part) for part in ("case", "activity", "time", "resource")) == expected


def test_start_and_end_are_told_apart(tmp_path: Path) -> None:
    """The time of a step is its end; its start is a part of its own."""
    seen = inspect(tmp_path, "case,activity,start,end time\n1,a,2026-01-02T03:04Z,2026-01-02T03:05Z\n")
    assert (
        parts(seen) == {"case": "case", "activity": "activity", "start": "start", "time": "end time"}
        or parts(seen)["time"] == "end time"
    )


def test_a_zone_is_asked_for(tmp_path: Path) -> None:
    """Where the times carry none."""
    seen = inspect(tmp_path, "case,activity,time\n1,open,2026-01-02 03:04\n")
    assert (seen.needs_zone, seen.ready) == (True, False)


def test_a_xes_log_is_ready(tmp_path: Path) -> None:
    """Its attributes are shown as columns, the standard's own are guessed."""
    seen = inspect(
        tmp_path,
        '<log><trace><string key="concept:name" value="c"/><event><string key="concept:name" value="open"/>'
        '<date key="time:timestamp" value="2026-01-02T03:04:05Z"/><string key="team" value="t"/></event></trace></log>',
    )
    assert [column.name for column in seen.columns] == ["case:concept:name", "concept:name", "team", "time:timestamp"]
    assert (seen.format, seen.ready) == ("xes", True)


def test_a_guess_leaves_open_what_it_cannot_tell(tmp_path: Path) -> None:
    """And reading with it asks for the columns."""
    path = tmp_path / "log.csv"
    path.write_text("a,b,c\n1,2,3\n")
    assert readers.guess(path) == Columns("", (), "")


def test_a_wrong_file_is_refused_at_once(tmp_path: Path) -> None:
    """Before anything is kept."""
    with pytest.raises(MiningError):
        inspect(tmp_path, "{}")

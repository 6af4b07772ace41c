"""`servewell mine` on files."""

import json
from pathlib import Path

import pytest

from servewell.site import cli

LINES = (
    "case,activity,time,agent,step",
    "1,Ask,2026-01-05T08:00:00Z,Ann,a",
    "1,Wait,2026-01-05T08:10:00Z,Ann,b",
    "1,Close,2026-01-07T08:10:00Z,Bob,c",
    "2,Ask,2026-01-05T09:00:00Z,Ann,a",
    "2,Close,2026-01-05T09:01:30Z,Ann,c",
)


@pytest.fixture(autouse=True)
def no_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no file is looked for nowhere else."""
    monkeypatch.setenv("SERVEWELL_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SERVEWELL_DATABASE_URL", raising=False)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "help desk.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


def test_it_works(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log's figures come as a screenful of words."""
    assert cli.run(["mine", str(log), "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert "help desk.csv: 5 events in 2 cases, 3 activities, 2 variants" in said.out
    assert "  50.0%  Ask → Wait → Close" in said.out
    assert "Wait → Close  2.0 days in all, 1 ×, median 2.0 days" in said.out
    assert "Hand-overs: 1 (different pairs: 1)" in said.out
    assert said.err == ""


def test_it_speaks_chinese(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In whole sentences, none of them mixed."""
    assert cli.run(["mine", str(log), "--lang", "zh"]) == 0
    assert "help desk.csv：5 个事件，2 个案例，3 种活动，2 种路径" in capsys.readouterr().out


def test_figures_go_into_a_file(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, beside the words."""
    out = tmp_path / "figures.json"
    assert cli.run(["mine", str(log), "--lang", "en", "--json", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["start_activities"] == {"Ask": 2}
    assert "2 cases" in capsys.readouterr().out


def test_figures_alone_go_to_the_screen(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json -` prints JSON and nothing else, fit for a pipe."""
    assert cli.run(["mine", str(log), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["resource_handovers"]["top"] == [["Ann", "Bob", 1]]


def test_columns_can_be_named(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One by one, the others are guessed; two activity columns make one label."""
    assert cli.run(["mine", str(log), "--json", "-", "--activity", "activity,step"]) == 0
    assert json.loads(capsys.readouterr().out)["start_activities"] == {"Ask/a": 2}


def test_a_page_is_written(log: Path, tmp_path: Path) -> None:
    """`--html` writes a page that stands alone."""
    assert cli.run(["mine", str(log), "--lang", "en", "--html", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_rows_set_aside_are_told(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with their number and the reason."""
    with log.open("a", encoding="utf-8") as file:
        file.write("3,Ask,no time at all,Ann,a\n")
    assert cli.run(["mine", str(log), "--lang", "en", "--json", "-"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["events"] == 5
    assert said.err.startswith("Rows set aside because they cannot be used: 1")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["missing.csv"], "There is no file missing.csv."),
        (["{log}", "--case", "nothing"], "nothing"),  # a column that is not there
        (["{log}", "--engine", "abacus"], "There is no engine abacus."),
        (["{log}", "--memory", "much"], "much is no amount of memory."),
        (["{log}", "--zone", "Mars/Olympus"], "Mars/Olympus"),
        (["{log}", "--json", "/no/such/folder/f.json"], "/no/such/folder/f.json"),
        (["{log}", "--html", "/no/such/folder/f.html"], "/no/such/folder/f.html"),
        ([], "LOG"),  # the log itself is left out
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    log: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    """Exit 2, one sentence on stderr, no traceback, nothing on stdout."""
    assert cli.run(["mine", *(word.format(log=log) for word in words), "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("servewell: ")
    assert sentence in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("a typo", "There is no file and no imported log called a typo"),
        ("logs/typo.csv", "logs/typo.csv"),
        ("typo.csv", "typo.csv"),
        ("journal", "There is no installation in "),
    ],
)
def test_asking_for_what_is_not_there_makes_nothing(
    asked: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 and a sentence; no database is made for a typing error."""
    assert cli.run(["mine", asked, "--lang", "en"]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "data").exists()

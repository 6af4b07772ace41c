"""Logs come in from the command line and go out again."""

import argparse
import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_django
from tests import build

from servewell.apps.insight.errors import NameTaken
from servewell.apps.insight.models import Log
from servewell.apps.journal.actions import load
from servewell.apps.journal.events import Actor
from servewell.engines.mining.errors import MiningError, NeedsZone
from servewell.site import database, migrations
from servewell.site.cli import export, imports, installation, mine
from servewell.site.errors import NotMigrated

pytestmark = pytest.mark.usefixtures("transactional_db")
ROWS = (
    "case,activity,time,resource\n1,open,2026-01-02T03:04:05Z,ann\n1,close,2026-01-02T04:00:00Z,\n2,open,nonsense,bob\n"
)


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own database and folder are the installation."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()

    @contextmanager
    def ready(_options: argparse.Namespace) -> Iterator[Path]:
        yield settings.DATA

    monkeypatch.setattr(installation, "ready", ready)


def run(module, *words: object) -> None:
    """Run a command."""
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    parser.add_argument("--json", action="store_true")
    module.arguments(parser)
    module.run(parser.parse_args([str(word) for word in words]))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A file with two good rows and a bad one."""
    path = tmp_path / "shop.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_a_file_becomes_a_log(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its figures are said, and where the rows stand that were set aside."""
    run(imports, "csv", shop, "--json")
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert (result["name"], result["events"], result["cases"], result["set_aside"]) == ("shop", 2, 1, 1)
    assert '4,bad-time,"2,open,nonsense,bob"' in Path(result["set_aside_file"]).read_text(encoding="utf-8")
    assert Log.objects.get().state == "ready"


def test_columns_by_one_word(shop: Path) -> None:
    """`--map` names all parts, several activities with a plus."""
    run(imports, "csv", shop, "--name", "mapped", "--map", "case=resource,activity=activity+case,time=time")
    assert Log.objects.get(name="mapped").columns["activity"] == ["activity", "case"]


def test_a_name_is_given_once(shop: Path) -> None:
    """A second log of that name is refused, and the first one stays."""
    run(imports, "csv", shop, "--name", "x")
    with pytest.raises(NameTaken):
        run(imports, "csv", shop, "--name", "X")
    assert Log.objects.count() == 1


def test_a_refused_file_leaves_nothing(tmp_path: Path, shop: Path) -> None:
    """Neither a log nor a folder."""
    shop.write_text(ROWS.replace("Z", ""))
    with pytest.raises(NeedsZone):
        run(imports, "csv", shop, "--case", "case", "--activity", "activity", "--timestamp", "time")
    assert not Log.objects.exists()
    assert not list((tmp_path / "data" / "lake" / "logs").glob("*"))


@pytest.mark.parametrize("words", ["case", "case=", "who=me", "case=a,,"])
def test_a_map_that_cannot_be_understood(shop: Path, words: str) -> None:
    """Is shown as it should be written."""
    with pytest.raises(MiningError) as refused:
        run(imports, "csv", shop, "--map", words)
    assert refused.value.code == "bad-map"


def test_an_imported_log_goes_out(shop: Path, tmp_path: Path) -> None:
    """With the rows that were taken."""
    run(imports, "csv", shop)
    run(export, "csv", tmp_path / "out.csv", "--log", "shop")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[:4] for row in csv.reader(file)][1:] == [
            ["1", "open", "2026-01-02T03:04:05Z", "ann"],
            ["1", "close", "2026-01-02T04:00:00Z", ""],
        ]


def test_no_such_log(tmp_path: Path) -> None:
    """Is said so, and no file is made."""
    with pytest.raises(MiningError) as refused:
        run(export, "xes", tmp_path / "out.xes", "--log", "none")
    assert refused.value.code == "no-such-log"
    assert not (tmp_path / "out.xes").exists()


def test_the_journal_goes_out(tmp_path: Path) -> None:
    """A conversation's events stand together, in their order, however they lie in the journal."""
    first, second, agent = uuid4(), uuid4(), Actor("agent", uuid4())
    days = [build.NOON + timedelta(days=40 * n) for n in range(3)]
    load(build.history(at=day, conversation=case, actor=agent) for day in days for case in (first, second))
    for kind in ("csv", "xes", "ocel"):
        run(export, kind, tmp_path / kind)
    with (tmp_path / "csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["case"] for row in rows] in ([str(first)] * 3 + [str(second)] * 3, [str(second)] * 3 + [str(first)] * 3)
    assert [row["time"][:10] for row in rows[:3]] == [f"{day:%Y-%m-%d}" for day in days]
    assert {row["resource"] for row in rows} == {str(agent.id)}
    assert (tmp_path / "xes").read_text().count("<trace>") == 2
    log = json.loads((tmp_path / "ocel").read_text())
    assert {kind["name"] for kind in log["objectTypes"]} == {"conversation", "agent"}
    assert len({event["id"] for event in log["events"]}) == 6


def test_a_log_is_mined_by_its_name_even_one_with_an_ending(tmp_path, monkeypatch, capsys):
    """A file of that name goes first; a name that is neither gets a sentence."""
    monkeypatch.setattr(database, "is_there", lambda data: True)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "in.csv"
    file.write_text(ROWS)
    run(imports, "csv", file, "--name", "2026/shop.csv")
    run(mine, "2026/shop.csv")
    assert "1  100.0%  open → close" in capsys.readouterr().out
    with pytest.raises(MiningError, match="not-found"):
        run(mine, "2026/shops.csv")
    with pytest.raises(MiningError, match="no-such-log"):
        run(mine, "shop")


def test_tables_of_another_version_get_a_sentence(monkeypatch):
    """Not a fault that nobody foresaw."""
    monkeypatch.setattr(database, "is_there", lambda data: True)
    monkeypatch.setattr(migrations, "pending", lambda: ["insight.0001_initial"])
    with pytest.raises(NotMigrated):
        run(mine, "shop")

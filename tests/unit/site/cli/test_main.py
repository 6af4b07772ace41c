"""The command line's frame: languages, help, refusals, and that nobody ever sees a traceback."""

import json
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from servewell.apps.base import texts
from servewell.apps.base.errors import ServewellError
from servewell.site import cli, errors
from servewell.site.cli import talk

ROOT = Path(__file__).parents[4]
GUIDES = [ROOT / "docs/guide" / language / "operations.md" for language in ("en", "zh")]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """English, and a data folder of the test's own; what `run` sets is taken back."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SERVEWELL_DATA", str(tmp_path / "data"))
    yield
    talk.choose_language([])


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Make `servewell migrate` raise what the test puts into this list."""
    raised: list[BaseException] = []

    def run(_options: object) -> None:
        raise raised[0]

    monkeypatch.setitem(sys.modules, "servewell.site.cli.migrate", SimpleNamespace(arguments=lambda _: None, run=run))
    return raised


def test_it_works(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` names every command and exits 0."""
    assert cli.run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n    {name}" in said for name in cli.COMMANDS)


@pytest.mark.parametrize("command", cli.COMMANDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command_explains_itself(command: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In the language asked for, with the three options that all commands take."""
    assert cli.run([command, "--help", "--lang", language]) == 0
    said = capsys.readouterr().out
    assert texts.say(f"site.command.{command}", language) in " ".join(said.split())
    assert all(option in said for option in ("--json", "--lang", "--data"))


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        (["--lang", "zh"], {"LANG": "en_US.UTF-8"}, "zh-Hans"),  # what is asked for goes first
        (["up", "--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ([], {"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),  # LC_ALL overrides LANG
        ([], {"LANG": "C.UTF-8"}, "en"),  # a terminal without a language may not show Chinese
        ([], {}, "en"),
        (["--lang"], {}, "en"),  # the value was forgotten
    ],
)
def test_the_language(
    words: list[str], environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the person's."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert talk.choose_language(words) == language


@pytest.mark.parametrize(
    "words", [[], ["fly"], ["up", "--port", "many"], ["up", "--port", "0"], ["migrate", "--fast"], ["restore"]]
)
def test_what_is_not_understood_ends_in_a_sentence_and_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, with the way to the help."""
    assert cli.run(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("servewell: ")
    assert "--help" in said.err


def test_argparses_phrases_are_translated(capsys: pytest.CaptureFixture[str]) -> None:
    """No English sentence in a Chinese answer."""
    cli.run(["up", "--port", "many", "--lang", "zh"])
    said = capsys.readouterr().err
    assert "invalid" not in said
    assert "--port" in said


def test_a_refusal_ends_in_its_sentence(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2."""
    failing.append(errors.AlreadyUp(data="/srv", pid="7"))
    assert cli.run(["migrate", "--lang", "zh"]) == 2
    assert capsys.readouterr().err == f"servewell: {errors.AlreadyUp(data='/srv', pid='7').sentence('zh-Hans')}\n"


def test_a_refusal_as_json(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """With a name that scripts can compare."""
    failing.append(errors.AlreadyUp(data="/srv", pid="7"))
    assert cli.run(["migrate", "--json"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.err)["type"] == "site-already-up"
    assert said.out == ""


def test_the_unforeseen_leaves_a_log_and_no_traceback(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Exit 1; the sentence names the file, and the file holds everything."""
    failing.append(ZeroDivisionError("a slip of ours"))
    assert cli.run(["migrate"]) == 1
    said = capsys.readouterr().err
    (log,) = (tmp_path / "data/log").iterdir()
    assert str(log) in said
    assert said.count("\n") == 1
    assert "a slip of ours" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_opened(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """The file and the system's reason; exit 2."""
    failing.append(FileNotFoundError(2, "No such file or directory", "/nowhere/log.csv"))
    assert cli.run(["migrate"]) == 2
    assert capsys.readouterr().err == "servewell: /nowhere/log.csv: No such file or directory.\n"


def test_a_full_disk(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """No file is to blame; exit 1."""
    failing.append(OSError(28, "No space left on device"))
    assert cli.run(["migrate"]) == 1
    assert "No space left on device" in capsys.readouterr().err


def test_ctrl_c(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    """130, silently."""
    failing.append(KeyboardInterrupt())
    assert cli.run(["migrate"]) == 130
    assert capsys.readouterr().err == ""


def test_help_is_there_at_once() -> None:
    """Under half a second of processor time: no command's module, no Django."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "servewell.site.cli", "--help"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_help_loads_neither_django_nor_a_driver() -> None:
    """What makes it fast stays so."""
    script = "import sys; from servewell.site import cli; cli.run(['--help']); print(*sys.modules, file=sys.stderr)"
    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stderr.split()
    assert not {"django", "psycopg", "duckdb", "pyarrow"} & set(said)


def _refusals(kind: type[ServewellError]) -> list[type[ServewellError]]:
    return [one for child in kind.__subclasses__() for one in [child, *_refusals(child)]]


@pytest.mark.parametrize("kind", [one for one in _refusals(errors.SiteError) if one.__module__ == errors.__name__])
def test_every_refusal_has_its_sentence(kind: type[ServewellError]) -> None:
    """In both languages."""
    for language in texts.LANGUAGES:
        assert f"site.error.{kind.slug}" in texts.catalogue(language)


def test_every_command_is_in_the_guide() -> None:
    """Chinese and English."""
    for guide in GUIDES:
        words = guide.read_text(encoding="utf-8")
        assert all(f"`{name}" in words for name in cli.COMMANDS), guide


def test_every_variable_is_in_the_guide() -> None:
    """Whatever the sources read from the environment."""
    read = set()
    for source in (ROOT / "src").rglob("*.py"):
        read |= set(re.findall(r"SERVEWELL_[A-Z_]+", source.read_text(encoding="utf-8")))
    assert read
    for guide in GUIDES:
        assert read - set(re.findall(r"SERVEWELL_[A-Z_]+", guide.read_text(encoding="utf-8"))) == set()

"""What a file is, whatever its name says."""

import os
import zipfile
from pathlib import Path

import pytest

from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import files


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "PNG"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b'{"events": []}', "JSON"),
        (b'[{"case": 1}]', "JSON"),
        (b"  <!DOCTYPE html><html></html>", "HTML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "Excel 97 (.xls)"),
        (b"SQLite format 3\x00" + b"\0" * 100, "SQLite"),
        (b"\x7fELF" + b"\x02\x01" * 100, "ELF"),
        (bytes(range(1, 32)) * 40, "binary"),
    ],
)
def test_other_types_are_named(tmp_path: Path, content: bytes, kind: str) -> None:
    """A picture called `log.csv` is said to be a picture."""
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with pytest.raises(MiningError) as refused:
        files.format_of(path)
    assert (refused.value.code, refused.value.values["kind"]) == ("wrong-type", kind)


@pytest.mark.parametrize(("member", "code"), [("log.csv", "archive"), ("word/document.xml", "wrong-type")])
def test_archives(tmp_path: Path, member: str, code: str) -> None:
    """A ZIP is to be unpacked first, a Word file is none of ours."""
    path = tmp_path / "log.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    with pytest.raises(MiningError) as refused:
        files.format_of(path)
    assert refused.value.code == code


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    """Both are said so."""
    for path, code in ((tmp_path / "none.csv", "not-found"), (tmp_path, "is-folder")):
        with pytest.raises(MiningError) as refused:
            files.format_of(path)
        assert refused.value.code == code


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run as root, who may read everything: so the system's answer is played."""
    path = tmp_path / "log.csv"
    path.write_text("x")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    if os.geteuid() == 0:
        monkeypatch.setattr(Path, "open", refuse)
    else:
        path.chmod(0)
    with pytest.raises(MiningError) as refused:
        files.format_of(path)
    assert refused.value.code == "unreadable"

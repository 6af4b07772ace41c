"""In which encoding a text is written."""

import codecs

import pytest

from servewell.engines.mining import Columns
from servewell.engines.mining.errors import MiningError

COLUMNS = Columns("工单号", ("环节",), "发生时间", "处理人", zone="Asia/Shanghai")
TEXT = "工单号,环节,发生时间,处理人\n" + "".join(
    f"GD{n},{step},2026-01-02 03:0{n},{who}\n"
    for n, (step, who) in enumerate([("受理", "王芳"), ("核对身份", "李娜"), ("转交售后", "王芳"), ("关闭", "张伟")])
)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gb18030", b""),
        ("gbk", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_chinese_is_read_right(read, encoding: str, mark: bytes) -> None:
    """UTF-8 and UTF-16 with and without mark, and GB18030, which carries none."""
    outcome = read(mark + TEXT.encode(encoding), COLUMNS)
    assert [row[1] for row in outcome.rows] == ["受理", "核对身份", "转交售后", "关闭"]
    assert outcome.rows[0][3] == "王芳"


def test_columns_are_guessed_in_any_encoding(read) -> None:
    """GB18030 without a word about it, as Chinese Excel saves CSV."""
    outcome = read(TEXT.replace(":0", ":1").encode("gb18030"), Columns("工单号", ("环节",), "发生时间", zone="UTC"))
    assert outcome.report.encoding == "gb18030"


def test_utf_16_without_a_mark(read) -> None:
    """Its zeros give it away."""
    plain = "case,activity,time\n1,open,2026-01-02T03:04Z\n2,close,2026-01-02T03:04Z\n"
    outcome = read(plain.encode("utf-16-le"), Columns("case", ("activity",), "time"))
    assert [row[1] for row in outcome.rows] == ["open", "close"]


def test_chinese_only_after_the_first_megabyte(read) -> None:
    """The beginning says nothing about the encoding then; the whole file does."""
    rows = "".join(f"{n},open,2026-01-02T03:04:05Z,somebody with a long name\n" for n in range(25_000))
    tail = "x,关闭,2026-01-02T03:04:05Z,王芳\n" * 20
    content = ("case,activity,time,resource\n" + rows + tail).encode("gb18030")
    assert len(content) > 1 << 20
    outcome = read(content, Columns("case", ("activity",), "time", "resource"))
    assert (outcome.rows[-1][1], outcome.report.encoding, outcome.report.rows) == ("关闭", "gb18030", 25_020)


def test_western_letters(read) -> None:
    """Windows-1252 is not taken for Chinese."""
    content = "case,activity,time\n1,Prüfung läuft über,2026-01-02T03:04Z\n1,Gelöst,2026-01-02T03:05Z\n"
    outcome = read(content.encode("cp1252"), Columns("case", ("activity",), "time"))
    assert [row[1] for row in outcome.rows] == ["Prüfung läuft über", "Gelöst"]


def test_a_few_damaged_rows_are_set_aside(read) -> None:
    """One broken byte in a name does not spoil the log; one in a column nobody asked for not even its row."""
    rows = b"case,activity,time,note\n" + "1,受理,2026-01-02T03:04Z,好\n".encode() * 50
    rows += b"2,\xff\xfe\xfd,2026-01-02T03:04Z,x\n3,ok,2026-01-02T03:04Z,\xff\xfe\n"
    outcome = read(rows, Columns("case", ("activity",), "time"), encoding="utf-8")
    assert (outcome.report.rows_taken, outcome.report.reasons) == (51, {"encoding": 1})


def test_an_encoding_can_be_named(read) -> None:
    """What the person says goes."""
    content = "case,activity,time\n1,é,2026-01-02T03:04Z\n".encode("mac-roman")
    assert read(content, Columns("case", ("activity",), "time"), encoding="mac-roman").rows[0][1] == "é"


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13"])
def test_encodings_that_do_not_exist(read, name: str) -> None:
    """Nor are Python's other codecs encodings."""
    with pytest.raises(MiningError) as refused:
        read(TEXT, COLUMNS, encoding=name)
    assert refused.value.code == "unknown-encoding-name"

"""Small files that swell: refused with a sentence, or read no further than is needed."""

import gzip
import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from servewell.engines.mining import backend, readers
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import shared_strings, unzipped
from servewell.engines.mining.readers.shared_strings import SharedStrings

ROW = b"1,open,2026-03-01T09:00:00Z\n"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def book(shared: str, rows: list[list[int]]) -> bytes:
    """A workbook whose cells name their texts by number."""
    parts = {"workbook": "sheet.main", "sheet1": "worksheet", "strings": "sharedStrings"}
    overrides = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{KIND}.{kind}+xml"/>' for name, kind in parts.items()
    )
    links = f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="sheet1.xml"/>'
    cells = ["".join(f'<c t="s"><v>{number}</v></c>' for number in row) for row in rows]
    files = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">{overrides}</Types>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="log" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>',
        "xl/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
        + "".join(f"<row>{row}</row>" for row in cells)
        + "</sheetData></worksheet>",
        "xl/strings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return held.getvalue()


LOG = "".join(f"<si><t>{text}</t></si>" for text in ("case", "activity", "time", "7", "2026-03-01T09:00:00Z"))
LOG += '<si><r><t xml:space="preserve">退 </t></r><r><t>款</t></r><rPh sb="0" eb="1"><t>tuikuan</t></rPh></si>'


def test_it_works(read) -> None:
    """Texts that cells share are read: also those in pieces, and not how they are pronounced."""
    outcome = read(book(LOG, [[0, 1, 2], [3, 5, 4]]), None, "log.xlsx")
    assert [(case, activity) for case, activity, *_rest in outcome.rows] == [("7", "退 款")]


def test_a_million_shared_texts_cost_a_look_nothing(tmp_path: Path) -> None:
    """Eleven seconds for 182 KB before; now they are read only as far as a cell asks."""
    path = tmp_path / "trap.xlsx"
    path.write_bytes(book(LOG + "".join(f"<si><t>{n % 997}</t></si>" for n in range(700_000)), [[0, 1, 2], [3, 5, 4]]))
    assert path.stat().st_size < 1 << 20
    began = time.process_time()
    assert readers.inspect(path).ready
    assert time.process_time() - began < 1


def test_texts_beyond_measure_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_strings, "MOST", 100)
    path = tmp_path / "trap.xlsx"
    path.write_bytes(book(LOG + "<si><t>x</t></si>" * 500, [[0, 1, 504]]))
    with pytest.raises(MiningError) as refused:
        readers.inspect(path)
    assert refused.value.code == "too-many-texts"


def test_a_text_that_is_not_there_is_a_broken_workbook(read) -> None:
    with pytest.raises(MiningError) as refused:
        read(book(LOG, [[0, 1, 2], [3, 5, 99]]), None, "log.xlsx")
    assert refused.value.code == "broken-workbook"


def test_entities_in_shared_texts_are_refused() -> None:
    part = io.BytesIO(b'<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst><si><t>&a;</t></si></sst>')
    with pytest.raises(MiningError) as refused:
        SharedStrings(part, "log.xlsx")[0]
    assert refused.value.code == "forbidden-xml"


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trap.xlsx"
    path.write_bytes(book("<si><t>x</t></si>" * 1_500_000, [[0, 1, 2]]))
    with pytest.raises(MiningError) as refused:
        readers.inspect(path)
    assert (refused.value.code, refused.value.values["limit"]) == ("too-large", "16 MB")


@pytest.mark.parametrize("head", [b"case,activity,time\n", b"\ncase,activity,time\n", b"<log>"])
def test_a_gz_that_swells_is_refused(read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    """On the fast path, on the careful one, and as XES."""
    monkeypatch.setattr(unzipped, "ALWAYS", 2 << 20)
    monkeypatch.setattr(unzipped, "MOST_TIMES", 100)
    body = b"<trace></trace>\n" if head == b"<log>" else ROW
    content = gzip.compress(head + body * 800_000)
    with pytest.raises(MiningError) as refused:
        read(content, None, "log.gz")
    assert refused.value.code == "too-large"


def test_a_log_that_packs_well_is_taken(read) -> None:
    """400 times smaller, but not large."""
    assert read(gzip.compress(b"case,activity,time\n" + ROW * 20_000), None, "log.csv.gz").report.rows_taken == 20_000


def test_a_workbook_of_openpyxl_is_taken(read) -> None:
    workbook = openpyxl.Workbook()
    for row in (["case", "activity", "time"], ["1", "open", "2026-03-01T09:00:00Z"]):
        workbook.active.append(row)
    held = io.BytesIO()
    workbook.save(held)
    assert read(held.getvalue(), None, "log.xlsx").report.rows_taken == 1


def test_what_is_laid_aside_leaves_room_on_the_disk(tmp_path: Path) -> None:
    connection = backend.connect(spill=str(tmp_path))
    ((said,),) = connection.con.execute("select current_setting('max_temp_directory_size')").fetchall()
    assert "90%" not in said
    connection.disconnect()

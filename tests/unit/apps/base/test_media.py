"""What is this file really, and what may it be called?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base import media

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def test_it_works() -> None:
    assert media.sniffed(PNG, "image/png") == "image/png"
    assert media.safe_name("发票 2026.pdf") == "发票 2026.pdf"


@pytest.mark.parametrize(
    ("head", "claimed", "found"),
    [
        (PNG, "text/html", "image/png"),  # the bytes decide
        (b"<html><script>alert(1)</script>", "image/png", "text/plain"),  # never as a picture
        (b"<html></html>", "text/html", "text/plain"),  # and never as a page
        (b"<svg onload='alert(1)'/>", "image/svg+xml", "text/plain"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (b"GIF89a", "image/gif", "image/gif"),
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WEBP", "", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", "", "audio/wav"),
        (b"\x00\x00\x00\x18ftypmp42", "audio/mp4", "audio/mp4"),  # a container: the claim chooses
        (b"\x00\x00\x00\x18ftypmp42", "application/x-sh", "video/mp4"),
        (
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (b"PK\x03\x04", "application/java-archive", "application/zip"),
        (b"a,b\n1,2\n", "text/csv; charset=utf-8", "text/csv"),
        (b"a,b\n1,2\n", "application/javascript", "text/plain"),
        ("订单号,金额".encode(), "", "text/plain"),
        ("订单号".encode()[:-1], "", "text/plain"),  # cut within a character
        (b"\x7fELF\x02\x01", "image/png", "application/x-elf"),
        (b"MZ\x90\x00", "image/jpeg", "application/vnd.microsoft.portable-executable"),
        (b"GIF89a=1;alert(1)//", "text/javascript", "image/gif"),  # both at once: shown as a picture, run as nothing
        (b"Rar!\x1a\x07\x01\x00", "application/zip", "application/vnd.rar"),
        (b"a\x00b", "text/plain", media.UNKNOWN),
        (b"", "text/plain", media.UNKNOWN),
    ],
)
def test_the_bytes_decide(head: bytes, claimed: str, found: str) -> None:
    assert media.sniffed(head, claimed) == found


@pytest.mark.parametrize(
    ("name", "head", "warning"),
    [
        ("a.png", PNG, ""),
        ("a.PNG", b"<html>", "other"),  # a page that calls itself a picture
        ("a.jpg", b"MZ\x90\x00", "program"),
        ("invoice.pdf.exe", b"%PDF-1.7", "program"),
        ("drawing.svg", b"<svg/>", "program"),  # it may carry scripts
        ("a.zip", b"PK\x03\x04", ""),
        ("a.pdf", b"PK\x03\x04", "other"),
        ("a.csv", b"a,b", ""),
        ("a.txt", b"\x00\x01", "other"),
        ("voice.m4a", b"\x00\x00\x00\x18ftypM4A ", ""),
        ("without", b"\x00\x01", ""),
        ("a.docx", b"PK\x03\x04", ""),
        ("a.docm", b"PK\x03\x04", "program"),
    ],
)
def test_a_file_that_lies_is_told(name: str, head: bytes, warning: str) -> None:
    assert media.warning(name, media.sniffed(head, "")) == warning


def test_what_is_shown_beside_a_conversation_is_nothing_that_acts() -> None:
    assert not [one for one in media.INLINE if one.startswith("text/") or "svg" in one or "xml" in one]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),  # no turning of the direction
        ('he said "hi"?.txt', "he said hi.txt"),
        ("", "file"),
        ("..", "file"),
        ("   ", "file"),
        ("/", "file"),
        (".bashrc", "bashrc"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    assert media.safe_name(name) == safe


@given(st.text())
def test_any_name_becomes_one_that_can_be_saved_under(name: str) -> None:
    safe = media.safe_name(name)
    assert 1 <= len(safe) <= 120
    assert not set(safe) & set('\x00\r\n/\\:"')
    assert safe not in {".", ".."}


@given(st.binary(max_size=600), st.text(max_size=40))
def test_nothing_a_browser_would_run_comes_out(head: bytes, claimed: str) -> None:
    assert not media.sniffed(head, claimed).startswith(("text/html", "image/svg", "application/xhtml", "text/xml"))

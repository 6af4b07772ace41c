"""Are the parts of a mail found, without time, memory or trust?"""

import time
import tracemalloc

import pytest
from tests import mails

from servewell.apps.channels.email import bodies, mime


def kinds(raw: bytes) -> list[str]:
    return [part.kind for part in mime.read(raw).walk()]


def contents(raw: bytes) -> list[bytes]:
    return [part.content() for part in mime.read(raw).walk() if not part.parts]


def test_it_works() -> None:
    """Parts within parts, in their order, with their bytes."""
    inner = mails.nested([mails.part("a"), mails.part("<b>a</b>", "text/html")], "alternative", "inner")
    raw = mails.multipart([inner, mails.file(b"\x00\xff", "image/png", "a.png")])
    assert kinds(raw) == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "image/png"]
    assert contents(raw) == [b"a", b"<b>a</b>", b"\x00\xff"]
    assert mime.read(raw).parts[1].name == "a.png"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"--b\n\na\n--b\n\nc\n--b--\nepilogue", [b"a", b"c"]),
        (b"preamble\r\n--b\r\n\r\na\r\n--b--", [b"a"]),
        (b"--b\r\n\r\na", [b"a"]),  # not closed
        (b"--b\r\n\r\na\r\n--bb\r\n\r\nc\r\n--b--", [b"a\r\n--bb\r\n\r\nc"]),  # another one that begins alike
        (b"--b\r\n\r\na --b\r\n--b--", [b"a --b"]),  # not at the beginning of a line
        (b"--b \t\r\n\r\na\r\n--b-- \r\n", [b"a"]),
        (b"--b\r\n--b\r\n--b--", [b"", b""]),
        (b"--b--", [b"--b--"]),  # no part: it is what it says
        (b"nothing", [b"nothing"]),
    ],
)
def test_boundaries(raw: bytes, found: list[bytes]) -> None:
    """The lines between parts as servers and programs write them."""
    mail = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + raw
    assert [part.content() for part in mime.read(mail).walk() if not part.parts] == found


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", b"aGVsbG8=", b"hello"),
        ("BASE64", b"aGVs\r\nbG8", b"hello"),  # without its end
        ("base64", b"aGVsbG8=\r\n-- \r\nlist footer", None),
        ("base64", b"!!!", b"!!!"),  # it is none
        ("quoted-printable", b"a=20b=\r\nc=XYd", b"a bc=XYd"),
        ("x-uuencode", b"begin 644 a.txt\n%:&5L;&\\\n`\nend\n", b"hello"),
        ("8bit", b"\xff", b"\xff"),
        ("x-unknown", b"as it is", b"as it is"),
        ("", b"as it is", b"as it is"),
    ],
)
def test_ways_of_carrying(encoding: str, body: bytes, content: bytes | None) -> None:
    """Base64 and its like, whole and broken."""
    part = mime.read(mails.part(b"", "text/plain", Content_Transfer_Encoding=encoding) + body)
    found = part.content()
    assert found == content if content is not None else found.startswith(b"hello")


def test_limits() -> None:
    """Depth and number of parts are bounded; what lies deeper is a mail of its own, the rest part of the last."""
    deep = list(mime.read(mails.deep(60)).walk())
    assert [part.kind for part in deep] == ["multipart/mixed"] * mime.DEEPEST + ["message/rfc822"]
    assert deep[-1].content().startswith(b'Content-Type: multipart/mixed; boundary="b40"')
    found = mime.read(mails.multipart([mails.part(f"part {n}") for n in range(3000)]))
    assert len(found.parts) == mime.MOST_PARTS
    assert b"part 2999" in found.parts[-1].content()


def test_time_and_memory() -> None:
    """40 MB are read without a copy, but for the file that is asked for."""
    raw = mails.large(40)
    tracemalloc.start()
    began = time.process_time()
    body = bodies.read(mime.read(raw))
    assert tracemalloc.get_traced_memory()[1] < 2 * 2**20
    (file,) = body.files
    assert len(file.content()) > 29 * 2**20
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * len(raw)
    assert time.process_time() - began < 20
    assert body.text() == "See the file."


@pytest.mark.parametrize(
    "raw",
    [
        mails.multipart([b""] * 1) + b"--=_part\r\n" * 200_000,
        mails.mail(b"--x" * 500_000, Content_Type="multipart/mixed; boundary=x"),
        mails.mail(b"\n--" * 500_000, Content_Type='multipart/mixed; boundary="-"'),
        mails.mail(b"\r\n" * 1_000_000, Content_Type="multipart/mixed; boundary=x"),
    ],
    ids=["boundaries", "almost boundaries", "dashes", "breaks"],
)
def test_bombs(raw: bytes) -> None:
    """Mails that are made to take time take little."""
    began = time.process_time()
    bodies.read(mime.read(raw)).text()
    assert time.process_time() - began < 5

"""Does a mail say what its writer saw, and bring what they attached?"""

import pytest
from tests import mails

from servewell.apps.channels.email import bodies, mime

HTML = "text/html; charset=utf-8"


def read(raw: bytes) -> bodies.Body:
    return bodies.read(mime.read(raw))


def test_it_works() -> None:
    """Of an alternative both forms, once."""
    body = read(mails.multipart([mails.part("Hello"), mails.part("<p>Hello</p>", HTML)], "alternative"))
    assert (body.text(), body.html(), body.files) == ("Hello", "<p>Hello</p>", [])


def test_only_html() -> None:
    """What only HTML says is not said twice."""
    body = read(mails.mail("<p>Hello</p>", Content_Type=HTML))
    assert (body.text(), body.html()) == ("", "<p>Hello</p>")


def test_only_text() -> None:
    """What only text says stays text."""
    assert read(mails.mail("1 < 2")).html() == ""


def test_text_picture_text() -> None:
    """Words around a picture, as Apple's mail sends them, are one text; the picture is a file."""
    raw = mails.multipart([mails.part("above"), mails.file(mails.PNG, "image/png", "p.png"), mails.part("below")])
    body = read(raw)
    assert (body.text(), [part.name for part in body.files]) == ("above\nbelow", ["p.png"])


def test_text_and_html_that_follow_each_other() -> None:
    """Where some parts are text and others HTML, both forms say all."""
    body = read(mails.multipart([mails.part("a < b"), mails.part("<p>footer</p>", HTML)]))
    assert body.text() == "a < b\nfooter"
    assert body.html() == "<div>a &lt; b</div>\n<p>footer</p>"


def test_an_empty_text_beside_html() -> None:
    """A text without words does not hide the HTML's."""
    body = read(mails.multipart([mails.part("  \n"), mails.part("<p>Hello</p>", HTML)], "alternative"))
    assert "Hello" in (body.text() or body.html())
    assert body.text().strip() in {"", "Hello"}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (mails.part("a", Content_Disposition="attachment"), "file.txt"),
        (mails.part("a", "text/plain; name=notes.txt"), "notes.txt"),
        (mails.part("a", "text/csv"), "file.csv"),
        (mails.part("a", "text/calendar"), "invite.ics"),
        (mails.part("a", "application/ms-tnef"), "winmail.dat"),
        (mails.part("a", "application/pgp-signature"), "signature.asc"),
        (mails.part(mails.mail(), "message/rfc822"), "message.eml"),
        (mails.part(mails.mail(), "message/rfc822; name=Re"), "Re.eml"),
        (mails.part("a", "nonsense"), "file.bin"),
    ],
)
def test_files(raw: bytes, name: str) -> None:
    """What is no body is a file, with a name."""
    body = read(mails.multipart([mails.part("See"), raw]))
    assert [bodies.file_name(part) for part in body.files] == [name]
    assert body.text() == "See"


def test_forms_for_other_programs() -> None:
    """A form of the words for some programs only is no file."""
    raw = mails.multipart([mails.part("Hi"), mails.part("<html>", "text/x-amp-html")], "alternative")
    assert (read(raw).text(), read(raw).files) == ("Hi", [])


def test_charset_in_the_html() -> None:
    """HTML may say itself how it is written."""
    raw = '<meta charset="gb2312"><p>你好</p>'.encode("gb2312")
    assert "你好" in read(mails.mail(raw, Content_Type="text/html")).html()


def test_flowed() -> None:
    """Lines that were broken to be carried are joined; quotations and signatures stay apart."""
    text = "One line that \ngoes on.\n> quoted \n> too\n>> deeper\n-- \nWang\n  two"
    body = read(mails.mail(text, Content_Type="text/plain; format=flowed"))
    assert body.text() == "One line that goes on.\n> quoted too\n>> deeper\n-- \nWang\n two"
    chinese = read(mails.mail("包裹 \n在哪里", Content_Type="text/plain; charset=utf-8; format=flowed; delsp=yes"))
    assert chinese.text() == "包裹在哪里"


def test_a_very_long_text() -> None:
    """Of a very long text the beginning is read, and the whole is a file."""
    body = read(mails.mail("word " * 500_000))
    assert len(body.text()) == bodies.MOST_TEXT
    assert len(body.files[0].content()) == 2_500_000

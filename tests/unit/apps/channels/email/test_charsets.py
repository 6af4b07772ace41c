"""Are words read as they were meant, whatever character set their mail claims?"""

import pytest

from servewell.apps.channels.email import charsets

CHINESE, JAPANESE = "你好，包裹在哪里？", "荷物はどこですか"


def test_it_works() -> None:
    """What is declared is what it is."""
    assert charsets.decoded(CHINESE.encode(), "UTF-8") == CHINESE


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("镕龑".encode("gb18030"), "gb2312", "镕龑"),  # the larger set is meant
        ("镕龑".encode("gbk"), '"GBK"', "镕龑"),
        ("소포".encode("cp949"), "ks_c_5601-1987", "소포"),
        ("“quoted” €".encode("cp1252"), "iso-8859-1", "“quoted” €"),
        ("①荷物".encode("cp932"), "shift_jis", "①荷物"),
        (JAPANESE.encode("iso-2022-jp"), "iso-2022-jp", JAPANESE),
        (b"\x1b$B-!\x1b(B", "iso-2022-jp", "①"),  # not of the set, and much used
        (CHINESE.encode(), "us-ascii", CHINESE),  # nothing was said that helps
        (CHINESE.encode("gb18030"), "utf-8", CHINESE),  # and the other way round
        (CHINESE.encode("gb18030"), "", CHINESE),
        (CHINESE.encode("gb18030"), "x-unknown", CHINESE),
        ("Crème brûlée à la carte".encode("latin-1"), "", "Crème brûlée à la carte"),
        (JAPANESE.encode("iso-2022-jp"), "", JAPANESE),
        (b"\xef\xbb\xbf" + CHINESE.encode(), "gb2312", CHINESE),  # its mark decides
        (b"\xff\xfe" + CHINESE.encode("utf-16-le"), "", CHINESE),
        (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "utf-8", CHINESE),
    ],
)
def test_what_is_meant(data: bytes, declared: str, text: str) -> None:
    """The mark at the beginning, what is declared and fits, what it looks like."""
    assert charsets.decoded(data, declared) == text


def test_cut_in_the_middle() -> None:
    """A character that was cut is one sign, and the words before it stay."""
    assert charsets.decoded(CHINESE.encode()[:-1], "utf-8") == CHINESE[:-1] + "\ufffd"
    assert charsets.decoded(CHINESE.encode("gb18030")[:-1], "gb18030") == CHINESE[:-1] + "\ufffd"


@pytest.mark.parametrize("name", ["punycode", "idna", "rot13", "hex", "zlib", "unicode_escape", "raw_unicode_escape"])
def test_what_is_no_character_set(name: str) -> None:
    """Python's other codecs are none of mail's: some take time by the square of a text."""
    assert charsets.codec(name) is None
    assert charsets.decoded(b"plain", name) == "plain"


@pytest.mark.parametrize("name", ["", "\x00", "a" * 10_000, "x\ud800", "utf-8\x00", "../../x"])
def test_names_that_are_none(name: str) -> None:
    """No name of a character set is a fault."""
    assert charsets.decoded(b"plain", name) == "plain"

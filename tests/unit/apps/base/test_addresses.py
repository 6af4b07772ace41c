"""E-mail addresses: one value for all spellings of one, and no value for what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servewell.apps.base.addresses import email


def test_it_works():
    """Compared in lower case, shown as written."""
    found = email("Wang.Li@Example.COM")
    assert (found.value, found.shown) == ("wang.li@example.com", "Wang.Li@Example.COM")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("  wang@example.com\n", "wang@example.com"),
        ("<wang@example.com>", "wang@example.com"),
        ("mailto:wang@example.com", "wang@example.com"),
        ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ", "wang@example.com"),
        ("wang@例子.中国", "wang@xn--fsqu00a.xn--fiqs8s"),
        ("wang@XN--FSQU00A.xn--fiqs8s", "wang@xn--fsqu00a.xn--fiqs8s"),
        ("王@例子.中国", "王@xn--fsqu00a.xn--fiqs8s"),
        ("a+b_c'd@mail.example.co.uk.", "a+b_c'd@mail.example.co.uk"),
        ("wang\x00@example.com", "wang@example.com"),
        ("Groß@example.com", "groß@example.com"),  # not gross@, who is somebody else
        ("wang@Faß.de", "wang@xn--fa-hia.de"),  # IDNA 2008: not fass.de, which is somebody else's
        ("wang@❤.ws", "wang@xn--qei.ws"),  # not of IDNA 2008, and in use
    ],
)
def test_spellings_of_one_address_have_one_value(written, value):
    """Full-width letters, brackets, names of other scripts."""
    assert email(written).value == value


@pytest.mark.parametrize(
    "written",
    [
        *("", "@", "wang", "wang@", "@example.com", "wang@localhost", "wang@example..com", "wang@-a.com", "a b@c.de"),
        *("a@b@", ".wang@example.com", "wa..ng@example.com", f"{'x' * 65}@example.com", f"a@{'x' * 64}.com"),
        *(f"a@{'x.' * 200}com", '"a b"@example.com', "a,b@example.com", "x" * 1_000_000, "Wang <a@b.cn>, <c@d.cn>"),
    ],
)
def test_what_is_no_address_has_no_value(written):
    """Rather none than a wrong one."""
    assert email(written) is None


@given(st.text(st.characters(codec=None)) | st.emails())
def test_a_value_is_its_own_value(text):
    """Whatever was written."""
    found = email(text)
    if found is not None:
        assert email(found.value).value == found.value
        assert email(found.shown).value == found.value
        found.value.encode()

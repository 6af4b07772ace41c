"""Does every reading that is written down have words? The page of the access log shows them."""

import re
from pathlib import Path

import servewell
from servewell.apps.base import texts

CALL = re.compile(r"log_access\((?:[^()]|\([^()]*\))*\)")
CODE = re.compile(r'"([a-z_]+\.[a-z_]+)"')


def codes() -> set[str]:
    """Return the codes that the rooms give to `log_access`."""
    files = (Path(servewell.__file__).parent / "apps").rglob("*.py")
    calls = [call for file in files for call in CALL.findall(file.read_text(encoding="utf-8"))]
    return {code for call in calls for code in CODE.findall(call)}


def test_it_works() -> None:
    """The calls are found."""
    assert {"people.list", "access.list", "customer.read"} <= codes()


def test_each_code_has_words_in_both_languages() -> None:
    for language in texts.LANGUAGES:
        assert [code for code in sorted(codes()) if f"people.access.{code}" not in texts.catalogue(language)] == []

"""Does every reading that is written down have words? The page of the access log shows them."""

import re
from pathlib import Path

from django.contrib import admin

import servewell
from servewell.apps.base import texts
from servewell.apps.customers.admin import Personal

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


def test_what_is_read_under_admin_has_words_too() -> None:
    """Its code is made of the model's name: each registered page of persons has one."""
    pages = [model._meta.model_name for model, page in admin.site._registry.items() if isinstance(page, Personal)]
    assert {"customer", "identity", "consent"} <= set(pages)
    for language in texts.LANGUAGES:
        catalogue = texts.catalogue(language)
        assert [name for name in pages if f"people.access.admin.{name}" not in catalogue] == []


def test_each_code_has_words_in_both_languages() -> None:
    for language in texts.LANGUAGES:
        assert [code for code in sorted(codes()) if f"people.access.{code}" not in texts.catalogue(language)] == []

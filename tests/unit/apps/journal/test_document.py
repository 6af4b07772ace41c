"""Does the page about events say what the code does?"""

from pathlib import Path

import pytest

from servewell.apps.base import texts
from servewell.apps.journal import document, events, listening

PAGE = Path(__file__).parents[4] / "docs" / "events.md"


def test_it_works() -> None:
    """The stored page is what the vocabulary and the listeners say now."""
    assert PAGE.read_text(encoding="utf-8") == document.text(), "docs/events.md is stale: run `make docs` and commit it"


def test_each_event_has_a_row() -> None:
    page = document.text()
    assert [type_.name for type_ in events.vocabulary() if page.count(f"| `{type_.name}` |") != 1] == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_event_has_a_name_in_both_languages(language: str) -> None:
    said = texts.catalogue(language)
    assert [type_.name for type_ in events.vocabulary() if type_.text not in said] == []


def test_who_listens_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "rooms_listening", lambda name: ["promises", "flows"])
    row = next(line for line in document.text().splitlines() if line.startswith("| `conversation.replied`"))
    assert row.endswith("| `promises`, `flows` |")


def test_what_an_event_carries_is_said() -> None:
    rows = {line.split("`")[1]: line for line in document.text().splitlines() if line.startswith("| `")}
    assert "`flow`, `version`, `element`; `amount`" in rows["flow.element"]
    assert "| all of a contact | `setting`: name of a setting |" in rows["base.setting_changed"]

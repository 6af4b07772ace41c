"""Every refusal of the engine has its sentence in both languages."""

import json
import string
from pathlib import Path

import pytest

import servewell
from servewell.engines.mining.errors import CODES, REASONS

TEXTS = Path(servewell.__file__).parent / "texts"
LANGUAGES = ("en", "zh-Hans")


def texts(language: str) -> dict[str, str]:
    """The sentences of a language."""
    return json.loads((TEXTS / language / "mining.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence_that_its_values_fill(language: str, code: str) -> None:
    """A place without a value would fail when somebody is already in trouble."""
    sentence = texts(language)[f"error.{code}"]
    places = {name for _text, name, _format, _turn in string.Formatter().parse(sentence) if name}
    assert places <= set(CODES[code])
    assert sentence.format_map(dict.fromkeys(CODES[code], "x"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language: str) -> None:
    """Rows are set aside for reasons that a person can read."""
    assert all(texts(language).get(f"reason.{reason}") for reason in REASONS)


def test_no_sentence_is_left_without_a_code() -> None:
    """Nor one left behind in only one language."""
    english, chinese = texts("en"), texts("zh-Hans")
    assert english.keys() == chinese.keys()
    assert {key.removeprefix("error.") for key in english if key.startswith("error.")} == set(CODES)
    assert {key.removeprefix("reason.") for key in english if key.startswith("reason.")} == set(REASONS)


def test_every_code_that_is_raised_is_known() -> None:
    """The list is complete: each `MiningError("...")` in the sources stands in it."""
    engine = Path(servewell.__file__).parent / "engines" / "mining"
    raised = set()
    for file in engine.rglob("*.py"):
        raised |= {part.split('"')[0] for part in file.read_text(encoding="utf-8").split('MiningError("')[1:]}
    assert raised <= set(CODES)

"""What does the server say? One catalogue of sentences in Simplified Chinese and English.

A room owns `servewell/texts/<language>/<room>.json`; a key is `<room>.<anything>`.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh-Hans", "en")
DEFAULT = "zh-Hans"
_FOLDER = Path(__file__).parents[2] / "texts"


def say(key: str, language: str = DEFAULT, /, **values: Any) -> str:
    """Return the sentence `key` in `language` with `{name}` places filled in.

    An unknown language falls back to Chinese; an unknown key is a programming error (KeyError).
    """
    return catalogue(nearest(language))[key].format_map(values)


def known(key: str) -> bool:
    """Is there such a sentence?"""
    return key in catalogue(DEFAULT)


def nearest(language: str | None) -> str:
    """Map any language tag (`zh-CN`, `zh_Hans`, `en-GB`, None) to one of LANGUAGES."""
    tag = (language or "").replace("_", "-").lower()
    return "en" if tag == "en" or tag.startswith("en-") else DEFAULT


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every sentence of one language, by key."""
    sentences: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.json")):
        for key, sentence in json.loads(file.read_text(encoding="utf-8")).items():
            sentences[f"{file.stem}.{key}"] = sentence
    return sentences

"""How does the command line speak? In the person's language, sentences on stderr, results on stdout."""

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from servewell.apps.base import texts
from servewell.apps.base.errors import OutsideFailure, ServewellError
from servewell.site import places

_language = texts.DEFAULT


def choose_language(words: Sequence[str]) -> str:
    """Take `--lang X` or `--lang=X` from the words, else LC_ALL, LC_MESSAGES, LANG; Chinese only where asked for."""
    global _language  # noqa: PLW0603 - one process speaks one language
    asked = next((_value(words, i) for i, word in enumerate(words) if word.split("=")[0] == "--lang"), None)
    said = asked or next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "")
    _language = "zh-Hans" if said.lower().startswith("zh") else "en"
    return _language


def language() -> str:
    """Return `zh-Hans` or `en`."""
    return _language


def text(key: str, **values: Any) -> str:
    """Return a sentence of the catalogue in the person's language."""
    return texts.say(key, _language, **values)


def emit(options: argparse.Namespace, result: Any, sentence: str) -> None:
    """Print a result: the object with --json, else what a person reads."""
    out(json.dumps(result, ensure_ascii=False, default=str) if options.json else sentence)


def out(line: str) -> None:
    """Print a result."""
    print(line, flush=True)


def note(sentence: str) -> None:
    """Say on stderr how it is going."""
    print(sentence, file=sys.stderr, flush=True)


def complain(sentence: str) -> None:
    """Say on stderr what is wrong."""
    print(f"servewell: {sentence}", file=sys.stderr, flush=True)


def explain(error: Exception, *, as_json: bool) -> int:
    """Turn whatever went wrong into one sentence and an exit code; only the unexpected gets a log file."""
    name, sentence, code = _sentence_of(error)
    if as_json:
        print(json.dumps({"type": name, "title": sentence}, ensure_ascii=False), file=sys.stderr, flush=True)
    else:
        complain(sentence)
    return code


def translate_argparse() -> None:
    """Let argparse's own phrases ("unrecognized arguments: %s") come from our texts."""
    phrases = texts.catalogue(_language)
    argparse._ = lambda phrase: phrases.get(f"argparse.{phrase}", phrase)  # type: ignore[attr-defined]
    argparse.ngettext = lambda one, many, count: argparse._(one if count == 1 else many)  # type: ignore[attr-defined]


def _sentence_of(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, ServewellError):
        return error.name(), error.sentence(_language), getattr(error, "exit_code", 2)
    if isinstance(error, OutsideFailure):
        return "site-outside", str(error), 1
    key = _key_of(error)
    if key:
        return key.replace(".error.", "-"), text(key, **getattr(error, "values", {})), 2
    if isinstance(error, OSError) and error.filename is not None:
        values = {"file": str(error.filename), "reason": error.strerror or str(error)}
        return "site-file", text("site.error.file", **values), 2
    if isinstance(error, OSError) and error.errno is not None:
        return "site-system", text("site.error.system", reason=error.strerror), 1
    return "site-unexpected", text("site.error.unexpected", kind=type(error).__name__, log=_logged(error)), 1


def _key_of(error: Exception) -> str | None:
    """Return the text of an engine's exception: `servewell.engines.mining...` with code `x` is `mining.error.x`."""
    code = getattr(error, "code", None)
    parts = type(error).__module__.split(".")
    if not isinstance(code, str) or parts[:2] != ["servewell", "engines"]:
        return None
    key = f"{parts[2]}.error.{code}"
    return key if texts.known(key) else None


def _logged(error: Exception) -> str:
    """Write the traceback where the person can find it; where nothing can be written, say so by a dash."""
    for folder in (places.data() / "log", Path("/tmp")):  # noqa: S108 - the last resort
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, path = tempfile.mkstemp(".log", f"servewell-{time.strftime('%Y%m%d-%H%M%S')}-", folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write("".join(traceback.format_exception(error)))
        except OSError:
            continue
        return path
    return "-"


def _value(words: Sequence[str], index: int) -> str:
    return words[index].partition("=")[2] or (words[index + 1] if index + 1 < len(words) else "")

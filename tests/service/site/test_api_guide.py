"""Do the examples of the API guide run? Each `sh` block is given to bash, its curl to our API; `json` is the answer."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.service.apps.people.helpers import person

from servewell.apps.people import actions, permissions

GUIDE = Path(__file__).parents[3] / "docs/guide"
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)
HOST = "http://testserver"
# Instead of calling, it says how it was called: one argument a line, newlines in it escaped.
CURL = "curl() { python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' \"$@\"; }\n"


@pytest.fixture
def known(settings: Any, tmp_path: Path, db: None) -> dict[str, str]:
    """What the guide's reader has: an address and a key with every scope."""
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    boss = person("boss", "administrator").principal()
    return {"HOST": HOST, "KEY": actions.create_key(boss, "shop", list(permissions.KEY_VERBS), None)[1]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_examples_run_as_they_stand(language: str, known: dict[str, str]) -> None:
    """In their order; each answer is as shown, and its values are the names of the examples that follow."""
    blocks = BLOCK.findall((GUIDE / language / "api.md").read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks].count("sh") >= 10
    answer = None
    for kind, text in blocks:
        if kind == "sh":
            answer = call(arguments(text, known))
            known |= {name.upper(): value for name, value in found(answer).items() if isinstance(value, str)}
        else:
            assert_like(json.loads(text), answer, text)


def test_both_guides_show_the_same() -> None:
    """The same calls and answers, but for the language that is asked for."""
    texts = ((GUIDE / language / "api.md").read_text(encoding="utf-8") for language in ("en", "zh"))
    english, chinese = (BLOCK.findall(text.replace("Accept-Language: zh", "Accept-Language: en")) for text in texts)
    assert english == chinese


def arguments(text: str, known: dict[str, str]) -> list[str]:
    """Return with which arguments bash calls curl."""
    bash = shutil.which("bash")
    assert bash
    run = subprocess.run([bash, "-euc", CURL + text], env={**os.environ, **known}, capture_output=True, check=True)
    return list(json.loads(run.stdout))


def call(given: list[str]) -> Any:
    """Do what curl would do with these arguments; return the JSON of the answer."""
    method, url, headers, body, query = None, "", {}, None, []
    words = iter(given)
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "--data-urlencode":
            query.append(next(words).partition("=")[::2])
        elif word in ("-s", "-G"):
            pass
        else:
            url = word
    path = url.removeprefix(HOST)
    method = method or ("GET" if body is None else "POST")
    kind = headers.pop("Content-Type", "application/octet-stream")
    client = Client(headers=headers)
    answer = client.get(path, dict(query)) if query else client.generic(method, path, body or "", content_type=kind)
    assert answer.status_code < 500, answer.content
    assert query or path.startswith("/api/v1/")
    return answer.json()


def found(answer: Any) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}


def assert_like(shown: Any, answer: Any, where: str) -> None:
    """Hold an answer to what is shown of it: all its members, of their kind; words as they are but for `…`."""
    assert type(shown) is type(answer), (where, answer)
    if isinstance(shown, dict):
        for name, value in shown.items():
            assert name in answer, (where, answer)
            assert_like(value, answer[name], where)
    elif isinstance(shown, list):
        assert len(shown) == len(answer), (where, answer)
        for one, other in zip(shown, answer, strict=True):
            assert_like(one, other, where)
    elif isinstance(shown, str) and "…" not in shown:
        assert shown == answer, where
    elif isinstance(shown, bool):
        assert shown == answer, (where, answer)

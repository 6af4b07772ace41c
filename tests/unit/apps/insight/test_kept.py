"""Answers are kept, the lately asked ones."""

import threading
import time
from typing import Any

import pytest

from servewell.apps.insight.kept import Kept


def test_it_works() -> None:
    """What was asked before is not asked again."""
    kept, asked = Kept(2), list[str]()
    for question in ("a", "a", "b", "a"):
        kept.get(question, lambda question=question: asked.append(question))  # type: ignore[misc]
    assert asked == ["a", "b"]


def test_the_one_not_used_for_longest_goes_first() -> None:
    kept, asked = Kept(2), list[str]()
    for question in ("a", "b", "a", "c", "a", "b"):
        kept.get(question, lambda question=question: asked.append(question))  # type: ignore[misc]
    assert asked == ["a", "b", "c", "b"]


def test_two_who_ask_at_once_share_one_answer() -> None:
    kept, asked = Kept(2), list[int]()

    def slowly() -> int:
        asked.append(1)
        time.sleep(0.1)
        return 42

    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(kept.get("q", slowly))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [42] * 4
    assert asked == [1]


def test_what_goes_wrong_is_asked_again() -> None:
    kept = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("q", lambda: 1 // 0)
    assert kept.get("q", lambda: 1) == 1

"""Who remembers the answer to a question that was just asked? A small store in memory, the lately used kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Kept:
    """Answers by question. Two who ask the same at once wait for one answer."""

    def __init__(self, entries: int) -> None:
        self._entries = entries
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._asking: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, question: Hashable, answer: Callable[[], Any]) -> Any:
        """Return the kept answer, or find it and keep it; what goes wrong is not kept."""
        with self._lock:
            if question in self._answers:
                self._answers.move_to_end(question)
                return self._answers[question]
            turn = self._asking.setdefault(question, threading.Lock())
        with turn:
            with self._lock:
                if question in self._answers:
                    return self._answers[question]
            try:
                found = answer()
                self._keep(question, found)
                return found
            finally:
                with self._lock:
                    self._asking.pop(question, None)

    def _keep(self, question: Hashable, found: Any) -> None:
        with self._lock:
            self._answers[question] = found
            while len(self._answers) > self._entries:
                self._answers.popitem(last=False)

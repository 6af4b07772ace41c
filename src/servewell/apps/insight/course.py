"""How far is an import, and how long will it still take? Guessed from how long the reading took."""

import time
from collections.abc import Callable
from typing import Literal

Stage = Literal["reading", "sorting", "writing"]
# What each stage takes of the whole, measured on CSV, XES and Parquet of 0.1 to 5 million events.
_BEGINS: dict[Stage, float] = {"reading": 0.0, "sorting": 0.6, "writing": 0.9}
_ENDS: dict[Stage, float] = {"reading": 0.6, "sorting": 0.9, "writing": 1.0}
_SURE = 0.03  # before that share is done an estimate is a guess


class Course:
    """The course of one import; written by the thread that imports, read by the one that reports."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self._stage: Stage = "reading"
        self._done = 0.0
        self._total_s: float | None = None  # as estimated when the stage began

    def read(self, done: int, total: int) -> None:
        """So many bytes of the file have been read."""
        if self._stage == "reading" and total:
            self._done = _ENDS["reading"] * min(1.0, done / total)

    def enter(self, stage: Stage) -> None:
        """The next stage begins."""
        self._total_s = (self._clock() - self._begun) / _BEGINS[stage]
        self._stage, self._done = stage, _BEGINS[stage]

    def report(self) -> dict[str, str | float | None]:
        """Return `{stage, done: 0..1, eta_s: s or None}` for the page."""
        elapsed = self._clock() - self._begun
        if self._total_s is not None:  # nothing tells how far sorting is: let time pass as it was foreseen
            self._done = max(self._done, min(_ENDS[self._stage] - 0.01, elapsed / self._total_s))
            return self._as_json(max(0.0, self._total_s - elapsed))
        return self._as_json(elapsed * (1 - self._done) / self._done if self._done > _SURE else None)

    def _as_json(self, eta_s: float | None) -> dict[str, str | float | None]:
        return {"stage": self._stage, "done": round(self._done, 3), "eta_s": None if eta_s is None else round(eta_s, 1)}

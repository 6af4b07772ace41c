"""Who works on what, and who waits? A small simulation: stories that ask for people, teams with seats by the hour.

A story is a generator. It yields `Pause(seconds)` to let time pass or `Ask(team, patience)` for a person, and is
sent back a `Seat` (to `release` when done) or None when its customer gave up. Within a team, first come, first served.
"""

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from servewell.site.demo.vocabulary import DAY, HOUR, TeamPlan


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Wait for a person of a team."""

    team: str
    patience: float | None  # seconds; None: for ever


@dataclass(frozen=True, slots=True)
class Seat:
    """A person at work on one story."""

    team: str
    number: int  # which of the seats of that hour
    agent: int  # who sits there today: 0 .. agents - 1


Story = Generator[Pause | Ask, "Seat | None", None]


@dataclass(slots=True)
class _Waiting:
    story: Story
    gone: bool = False  # gave up, or was taken


class Clockwork:
    """Runs stories until the end of the last day, or until a moment before."""

    def __init__(
        self, teams: tuple[TeamPlan, ...], first_weekday: int, days: int, *, until: float | None = None
    ) -> None:
        self.now = 0.0  # seconds since the first midnight
        self._end = days * DAY if until is None else until
        self._weekday = first_weekday
        self._agenda: list[tuple[float, int, Any, Any]] = []
        self._turn = 0  # keeps equal moments in the order they were planned
        self._teams = {plan.code: plan for plan in teams}
        self._busy: dict[str, set[int]] = {plan.code: set() for plan in teams}
        self._queues: dict[str, deque[_Waiting]] = {plan.code: deque() for plan in teams}
        for hour in range(days * 24):
            self._plan(hour * HOUR, self._new_hour, None)

    def tell(self, story: Story, at: float) -> None:
        """Begin a story at a moment."""
        self._plan(at, self._go_on, story)

    def run(self) -> None:
        """Let everything happen that happens before the end."""
        while self._agenda and self._agenda[0][0] < self._end:
            self.now, _, action, subject = heappop(self._agenda)
            action(subject)

    def release(self, seat: Seat) -> None:
        """The person is free for the next."""
        self._busy[seat.team].discard(seat.number)
        self._plan(self.now, self._serve, seat.team)

    def is_open(self, team: str) -> bool:
        """Does anybody of the team work at this hour?"""
        return self._seats(team) > 0

    def _plan(self, at: float, action: Any, subject: Any) -> None:
        self._turn += 1
        heappush(self._agenda, (at, self._turn, action, subject))

    def _go_on(self, story: Story, answer: Seat | None = None) -> None:
        try:
            wish = story.send(answer)
        except StopIteration:
            return
        if isinstance(wish, Pause):
            self._plan(self.now + wish.seconds, self._go_on, story)
        else:
            self._queue(wish, story)

    def _queue(self, wish: Ask, story: Story) -> None:
        waiting = _Waiting(story)
        self._queues[wish.team].append(waiting)
        if wish.patience is not None:
            self._plan(self.now + wish.patience, self._give_up, waiting)
        self._serve(wish.team)

    def _give_up(self, waiting: _Waiting) -> None:
        if not waiting.gone:
            waiting.gone = True
            self._go_on(waiting.story)

    def _new_hour(self, _: None) -> None:
        for code in self._teams:
            self._serve(code)

    def _serve(self, code: str) -> None:
        """Give each free seat to the longest waiting."""
        queue = self._queues[code]
        while queue and (seat := self._free(code)):
            waiting = queue.popleft()
            if not waiting.gone:
                waiting.gone = True
                self._busy[code].add(seat.number)
                self._go_on(waiting.story, seat)

    def _free(self, code: str) -> Seat | None:
        """Return the next free seat; who sits on it changes from day to day."""
        number = next((n for n in range(self._seats(code)) if n not in self._busy[code]), None)
        if number is None:
            return None
        return Seat(code, number, (int(self.now // DAY) * 2 + number) % self._teams[code].agents)

    def _seats(self, code: str) -> int:
        weekday = (int(self.now // DAY) + self._weekday) % 7
        return self._teams[code].seats[weekday][int(self.now % DAY // HOUR)]

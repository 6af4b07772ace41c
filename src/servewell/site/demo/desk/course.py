"""What became of a contact? Its steps as the desk's row shows them: whose turn it is, who has it, since when.

* New: open, with the front desk. The automatic answer leaves the turn to the customer; who was not helped by it, gave
  details, or is handed over waits for us.
* Who asks back waits for the customer. After an answer we do, too, unless other teams have work left (refund, fault).
* The survey solves it; who writes again makes us take it up. Who gives up waiting closes it.
* What is solved is closed after some days, by the room's own rule.
"""

from dataclasses import dataclass

from servewell.apps.conversations.lifecycle import CUSTOMER_WAITS, DONE
from servewell.apps.conversations.models import Status
from servewell.site.demo.plans import Plan
from servewell.site.demo.story import AGENT, Step
from servewell.site.demo.vocabulary import GAVE_UP, OPENED, REOPENED

GOES_ON = ("refund", "fault")  # topics that the front desk passes on
FIRST = "front_desk"  # the team that every contact comes to


@dataclass(slots=True)
class Course:
    """Where a contact stands. Times are seconds since the first midnight."""

    plan: Plan
    status: str = Status.OPEN
    since: float = 0.0  # when it came to this status
    waiting: float | None = None  # since when the customer waits for us
    team: str = FIRST
    agent: tuple[str, int] | None = None  # team and number of who has it
    teams: tuple[str, ...] = (FIRST,)  # that had to do with it, in order
    solved: float | None = None
    closed: float | None = None
    reopened: int = 0
    known: bool = False  # was it classified?
    last: float = 0.0  # when something happened last

    @property
    def is_active(self) -> bool:
        """Is there still something to do?"""
        return self.status not in DONE


def of(steps: list[Step], end: float, close_after: float) -> Course:
    """Return where a contact stands at `end`, when things are closed after `close_after` seconds (0: never)."""
    course = Course(steps[0].plan)
    for step in steps:
        _owner(course, step)
        for at, turn in _turns(course, step):
            _enter(course, turn, at)
        course.last = max(course.last, step.start or 0.0, step.end or 0.0)
    _close(course, end, close_after)
    return course


def _owner(course: Course, step: Step) -> None:
    if step.team is not None and step.activity != "hand_to_person":
        course.team = step.team
        course.teams = (*course.teams, *({step.team} - {*course.teams}))
    elif step.activity == "hand_to_person":
        course.team = FIRST
    if step.actor == AGENT and step.team is not None and step.agent is not None:
        course.agent = (step.team, step.agent)


def _turns(course: Course, step: Step) -> list[tuple[float, str]]:
    """Return whose turn it is when a step begins and ends, as far as it says so."""
    at_start, at_end = _AT.get(step.activity, (None, None))
    if step.activity == "hand_to_person" and course.status == Status.OPEN:
        at_start = at_end = None  # nobody of ours has answered yet: it is as new as before
    if step.activity == "answer_by_person" and course.plan.topic in GOES_ON and not course.reopened:
        at_end = Status.WAITING_US
    course.known = course.known or (step.activity == "classify_issue" and step.end is not None)
    turns = [(step.start, at_start), (step.end, at_end)]
    return [(at, turn) for at, turn in turns if at is not None and turn is not None]


_AT: dict[str, tuple[str | None, str | None]] = {
    OPENED: (None, Status.OPEN),
    "offer_answer": (Status.WAITING_CUSTOMER, None),
    "collect_details": (None, Status.WAITING_US),
    "hand_to_person": (Status.WAITING_US, Status.WAITING_US),
    "wait": (Status.WAITING_CUSTOMER, Status.WAITING_US),
    "answer_by_person": (None, Status.WAITING_CUSTOMER),
    "after_sales_check": (Status.WAITING_US, None),
    "refund_approval": (Status.WAITING_US, None),
    "notify": (None, Status.WAITING_CUSTOMER),
    "technical_support": (Status.WAITING_US, Status.WAITING_CUSTOMER),
    "compensate": (Status.WAITING_US, Status.WAITING_CUSTOMER),
    "survey_and_close": (None, Status.SOLVED),
    REOPENED: (None, Status.WAITING_US),
    GAVE_UP: (None, Status.CLOSED),
}


def _enter(course: Course, status: str, at: float) -> None:
    if status in CUSTOMER_WAITS:
        course.waiting = at if course.waiting is None else course.waiting
    else:
        course.waiting = None
    if course.status == Status.SOLVED and status != Status.SOLVED:
        course.reopened += 1
    course.solved = at if status in DONE else None
    course.closed = at if status == Status.CLOSED else None
    if course.status != status:
        course.status, course.since = status, at


def _close(course: Course, end: float, close_after: float) -> None:
    if course.status == Status.SOLVED and course.solved is not None and 0 < close_after <= end - course.solved:
        course.status, course.closed = Status.CLOSED, course.solved + close_after

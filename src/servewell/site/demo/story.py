"""What happens to one contact, from the first word to the survey? Read `Visit.story` from the top."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from servewell.site.demo.clockwork import Ask, Clockwork, Pause, Seat, Story
from servewell.site.demo.plans import Plan
from servewell.site.demo.vocabulary import GAVE_UP, OPENED, REOPENED

T = TypeVar("T")
Way = Generator[Pause | Ask, Seat | None, T]  # a part of a story, which returns a T to the part around it
BOT, SYSTEM, CUSTOMER, AGENT = "bot", "system", "customer", "agent"


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong in the shop."""

    repeated_checks: bool = True  # who was verified by the bot is verified again by the agent
    ping_pong: bool = True  # finance sends refunds back to after-sales, and after-sales to finance
    monday_morning: bool = True  # two seats where five are needed


CLEAN = Faults(False, False, False)


@dataclass(slots=True)
class Step:
    """One thing that was done. Times are seconds since the first midnight; `end` is set when it is over."""

    plan: Plan
    activity: str  # an element's id, or the name of a conversation event
    start: float | None  # None: at once, or not known
    end: float | None  # None: begun and never ended (the customer gave up, or the log ends before)
    actor: str  # bot | system | customer | agent
    team: str | None = None
    agent: int | None = None  # number within the team
    amount: int | None = None  # fen
    code: str | None = None  # why, in one word: what the event's attributes carry


class Visit:
    """One contact on its way; `steps` fills while the clockwork runs."""

    def __init__(self, plan: Plan, clock: Clockwork, faults: Faults) -> None:
        self.plan, self.clock, self.faults = plan, clock, faults
        self.steps: list[Step] = []
        self.verified = False

    def story(self) -> Story:
        """Receive, understand, answer; where that fails, hand to a person; then close, and perhaps come back."""
        self._note(OPENED, CUSTOMER)
        solved = yield from self._by_bot()
        if not solved:
            stayed = yield from self._by_people()
            if not stayed:
                return
        yield from self._close()
        if self.plan.reopens:
            yield from self._come_back()

    def _by_bot(self) -> Way[bool]:
        """Was that enough?"""
        plan = self.plan
        if plan.channel == "phone":
            return False
        yield from self._take("classify_issue", plan.classify, BOT)
        if plan.identity and plan.channel != "email":
            yield from self._take("verify_identity", plan.verify, CUSTOMER)
            self.verified = True
        yield from self._take("look_up_knowledge", plan.look_up, BOT)
        yield from self._take("offer_answer", plan.read, BOT)
        if not plan.bot_solves:
            yield from self._take("collect_details", plan.collect, BOT)
        return plan.bot_solves

    def _by_people(self) -> Way[bool]:
        """Does the customer stay until it is done?"""
        seat = yield from self._hand_over(self.plan.patience)
        if seat is None:
            return False
        yield from self._at_the_desk(seat)
        if self.plan.topic == "refund":
            yield from self._refund()
        elif self.plan.topic == "fault":
            yield from self._work("technical_support", "technical", self.plan.technical)
        if self.plan.compensated:
            yield from self._work(
                "compensate", "front_desk", self.plan.compensation, amount=min(self.plan.amount, 5_000)
            )
        return True

    def _hand_over(self, patience: float | None) -> Way[Seat | None]:
        """Wait at the desk; at night nobody waits at the line, the question lies there until the morning."""
        since = self.clock.now
        seat = yield Ask("front_desk", patience if self.clock.is_open("front_desk") else None)
        if seat is None:
            self._add("hand_to_person", since, None, SYSTEM, None)
            self._note(GAVE_UP, CUSTOMER)
        else:
            self._add("hand_to_person", since, self.clock.now, SYSTEM, seat)
        return seat

    def _at_the_desk(self, seat: Seat) -> Way[None]:
        plan = self.plan
        if plan.channel == "phone":
            yield from self._take("classify_issue", 8 * plan.classify, AGENT, seat)
        if plan.identity:
            yield from self._identity(seat)
        if plan.identity:
            yield from self._take("call_system", plan.order, AGENT, seat)
        if plan.asks_back:
            seat = yield from self._ask_customer(seat)
        yield from self._take("answer_by_person", plan.answer, AGENT, seat)
        self.clock.release(seat)

    def _identity(self, seat: Seat) -> Way[None]:
        if not self.verified:
            yield from self._take("verify_identity", self.plan.verify, AGENT, seat)
        elif self.faults.repeated_checks and self.plan.repeats_check:
            yield from self._take("verify_identity", self.plan.verify_again, AGENT, seat)

    def _ask_customer(self, seat: Seat) -> Way[Seat]:
        """The agent turns to others until the customer has replied."""
        self.clock.release(seat)
        yield from self._take("wait", self.plan.reply, CUSTOMER)
        return (yield from self._somebody("front_desk"))

    def _refund(self) -> Way[None]:
        plan = self.plan
        rounds = plan.rounds if self.faults.ping_pong else 0
        for turn in range(rounds + 1):
            yield from self._work("after_sales_check", "after_sales", plan.after_sales[turn])
            code = "sent_back" if turn < rounds else "granted"
            yield from self._work("refund_approval", "finance", plan.approval[turn], amount=plan.amount, code=code)
        yield from self._take("refund_payout", plan.payout, SYSTEM, amount=plan.amount)
        yield from self._take("notify", 1.0, SYSTEM)

    def _work(self, element: str, team: str, seconds: float, **more: int | str | None) -> Way[None]:
        """Wait for somebody of the team, then let them work; the step starts when they do."""
        seat = yield from self._somebody(team)
        yield from self._take(element, seconds, AGENT, seat, **more)
        self.clock.release(seat)

    def _close(self) -> Way[None]:
        yield from self._take("survey_and_close", self.plan.survey, CUSTOMER)

    def _come_back(self) -> Way[None]:
        yield Pause(self.plan.reopen_after)
        self._note(REOPENED, CUSTOMER)
        seat = yield from self._hand_over(None)
        if seat is not None:
            yield from self._take("answer_by_person", self.plan.answer * 0.8, AGENT, seat)
            self.clock.release(seat)
        yield from self._close()

    def _somebody(self, team: str) -> Way[Seat]:
        seat = yield Ask(team, None)
        if seat is None:
            raise AssertionError("nobody gives up who has no patience to lose")
        return seat

    def _take(
        self, element: str, seconds: float, actor: str, seat: Seat | None = None, **more: int | str | None
    ) -> Way[None]:
        """Do a step that takes a while; who looks meanwhile sees it begun."""
        step = self._add(element, self.clock.now, None, actor, seat, **more)
        yield Pause(seconds)
        step.end = self.clock.now

    def _note(self, name: str, actor: str) -> None:
        self._add(name, None, self.clock.now, actor, None)

    def _add(
        self, activity: str, start: float | None, end: float | None, actor: str, seat: Seat | None, **more: Any
    ) -> Step:
        team, agent = (seat.team, seat.agent) if seat else (None, None)
        step = Step(self.plan, activity, start, end, actor, team, agent, **more)
        self.steps.append(step)
        return step

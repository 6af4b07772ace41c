"""Who said what? Messages and notes for the steps of a contact, in the customer's words and language."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from servewell.apps.conversations.models import Author, MessageKind
from servewell.site.demo.desk import wording
from servewell.site.demo.desk.products import Product
from servewell.site.demo.story import Step
from servewell.site.demo.vocabulary import GAVE_UP, OPENED, REOPENED

MOST = 6  # messages of a contact, before what is said today
Person = tuple[str, int]  # team and number


@dataclass(frozen=True, slots=True)
class Said:
    """One message or note. The time is in seconds since the first midnight."""

    at: float
    author: str  # of models.Author
    text: str
    kind: str = MessageKind.PUBLIC
    person: Person | None = None  # the agent who wrote it
    colleague: Person | None = None  # whom a note calls on
    file: str = ""  # kind of the file that it carries: see files.py
    spare: int = 0  # may be left out of a long one: 1 gladly, 2 if need be, 0 never


@dataclass(slots=True)
class Talk:
    """One contact while it is put into words."""

    dice: Random
    language: str
    product: Product
    values: dict[str, str]  # for the places of the wordings
    people: dict[Person, str]  # name of each agent
    said: list[Said] = field(default_factory=list)
    agent: Person | None = None  # who has it

    @property
    def words(self) -> wording.Wording:
        """What is said in its language."""
        return wording.of(self.language)

    def fill(self, lines: wording.Lines, colleague: Person | None = None) -> str:
        """Return one of several wordings, filled in."""
        agent = self.people[self.agent] if self.agent else ""
        called = self.people[colleague] if colleague else ""
        return self.dice.choice(lines).format_map({**self.values, "agent": agent, "colleague": called})


def of(talk: Talk, steps: list[Step]) -> list[Said]:
    """Return what was said in the steps, in order: two to six messages."""
    topic = talk.words.topics[steps[0].plan.topic]
    for step in steps:
        if step.team is not None and step.agent is not None:
            talk.agent = (step.team, step.agent)
        talk.said += _said(talk, topic, step)
    return sorted(_short(talk.said), key=lambda one: one.at)


def once_more(talk: Talk, at: float) -> Said:
    """Return a customer's reminder."""
    return Said(at, Author.CUSTOMER, talk.fill(talk.words.nudge))


def _short(said: list[Said]) -> list[Said]:
    """Leave out what may be, until it is short enough."""
    kept = list(said)
    for one in sorted((one for one in said if one.spare), key=lambda one: one.spare):
        if len(kept) > MOST:
            kept.remove(one)
    return kept


def _said(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    tell = _TELLERS.get(step.activity)
    if tell is not None:
        yield from tell(talk, topic, step)


def _opened(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    text = talk.fill(topic.opening)
    if step.plan.contact_type == "complaint":
        text = f"{talk.fill(talk.words.angry)}{_gap(talk)}{text}"
    if talk.dice.random() < 0.3:
        text = f"{text}{_gap(talk)}{talk.fill(topic.again)}"
    yield Said(step.end or 0.0, Author.CUSTOMER, text)


def _offered(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    yield Said(step.start or 0.0, Author.BOT, talk.fill(topic.bot), spare=0 if step.plan.bot_solves else 1)


def _collected(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    start = step.start or 0.0
    yield Said(start, Author.CUSTOMER, talk.fill(talk.words.not_enough), spare=1)
    yield Said(start + 0.5, Author.BOT, talk.fill(talk.words.ask_details), spare=2)
    if step.end is not None:
        shows = step.plan.topic in ("fault", "refund") and talk.dice.random() < 0.03
        yield Said(step.end, Author.CUSTOMER, talk.fill(topic.details), file="photo" if shows else "")


def _waited(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    yield Said(step.start or 0.0, Author.AGENT, talk.fill(topic.ask), person=talk.agent)
    if step.end is not None:
        shows = talk.dice.random() < 0.08
        yield Said(step.end, Author.CUSTOMER, talk.fill(topic.reply), file="photo" if shows else "")


def _answered(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    if step.end is None:
        return
    hello = talk.fill(talk.words.greeting)
    text = f"{hello}{_gap(talk)}{talk.fill(topic.answer)}".strip()
    is_bill = step.plan.topic == "invoice" and talk.dice.random() < 0.1
    yield Said(step.end, Author.AGENT, text, person=talk.agent, file="invoice" if is_bill else "")
    after = {"refund": "after_sales", "fault": "technical"}.get(step.plan.topic)
    if after is not None or talk.dice.random() < 0.06:
        yield _note(
            talk,
            topic.note,
            step.end + 2,
            _somebody(talk, after or "front_desk"),
            spare=2 if step.plan.reopens or after is None else 0,
        )


def _approved(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    if step.end is not None and step.code == "sent_back":
        yield _note(talk, talk.words.sent_back, step.end, _somebody(talk, "after_sales"), spare=1)


def _notified(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    if step.end is not None:
        yield Said(step.end, Author.SYSTEM, talk.fill(talk.words.paid_out))


def _repaired(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    if step.end is not None:
        shows = talk.dice.random() < 0.04
        text = talk.fill(talk.words.repaired)
        yield Said(step.end, Author.AGENT, text, person=talk.agent, file="report" if shows else "")


def _compensated(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    if step.end is not None:
        amount = f"{(step.amount or 0) / 100:.2f}"
        text = talk.dice.choice(talk.words.compensated).format_map({**talk.values, "amount": amount})
        yield Said(step.end, Author.AGENT, text, person=talk.agent, spare=1)


def _closed(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    """A customer's thanks; a contact that would have but one message needs them."""
    public = sum(one.kind == MessageKind.PUBLIC for one in talk.said)
    if step.end is not None and (talk.dice.random() < 0.45 or public < 2):
        yield Said((step.start or step.end) + 1, Author.CUSTOMER, talk.fill(talk.words.thanks), spare=1)


def _gave_up(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    if step.plan.channel == "phone":
        yield Said(step.end or 0.0, Author.SYSTEM, talk.fill(talk.words.missed), MessageKind.NOTE)


def _came_back(talk: Talk, topic: wording.Topic, step: Step) -> Iterator[Said]:
    yield Said(step.end or 0.0, Author.CUSTOMER, talk.fill(talk.words.back))


_TELLERS = {
    OPENED: _opened,
    "offer_answer": _offered,
    "collect_details": _collected,
    "wait": _waited,
    "answer_by_person": _answered,
    "refund_approval": _approved,
    "notify": _notified,
    "technical_support": _repaired,
    "compensate": _compensated,
    "survey_and_close": _closed,
    GAVE_UP: _gave_up,
    REOPENED: _came_back,
}


def _note(talk: Talk, lines: wording.Lines, at: float, colleague: Person, *, spare: int) -> Said:
    text = talk.fill(lines, colleague)
    return Said(at, Author.AGENT, text, MessageKind.NOTE, talk.agent, colleague, spare=spare)


def _somebody(talk: Talk, team: str) -> Person:
    return talk.dice.choice([person for person in talk.people if person[0] == team and person != talk.agent])


def _gap(talk: Talk) -> str:
    return " " if talk.language == "en" else ""

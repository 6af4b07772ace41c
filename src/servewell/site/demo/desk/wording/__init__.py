"""What do people say in the made-up shop? Several wordings for each moment, by topic, in two languages.

Places to fill: {order} {product} {amount} {parcel} {days} {code} {name} {agent}.
"""

from dataclasses import dataclass
from functools import cache

from servewell.site.demo.desk.wording import english, english_topics, mandarin, mandarin_topics

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What is said about one topic."""

    subjects: Lines  # of mails and of what has a subject
    opening: Lines  # what the customer asks
    again: Lines  # more that they say with it, or ask when they write once more
    bot: Lines  # the automatic answer
    details: Lines  # what the customer gives when the bot asks
    answer: Lines  # of the person at the desk
    ask: Lines  # what that person asks back
    reply: Lines  # what the customer sends then
    note: Lines  # for colleagues, {colleague} is called on


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said in one language."""

    topics: dict[str, Topic]
    not_enough: Lines  # the automatic answer was not enough
    ask_details: Lines
    thanks: Lines
    angry: Lines  # begins a complaint
    nudge: Lines  # still waiting, nobody answers
    back: Lines  # writes again after it was solved
    paid_out: Lines  # the system tells of the refund
    compensated: Lines
    sent_back: Lines  # note of finance
    repaired: Lines  # the technician's answer
    missed: Lines  # note of the system: a call that nobody took
    greeting: Lines  # before an agent's answer


@cache
def of(language: str) -> Wording:
    """Return what is said in a language."""
    common, topics = (english, english_topics) if language == "en" else (mandarin, mandarin_topics)
    return Wording(topics={code: Topic(**each) for code, each in topics.TOPICS.items()}, **common.COMMON)

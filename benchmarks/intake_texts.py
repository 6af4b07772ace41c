"""What do customers of a made-up shop write? Chinese and English texts from a seeded generator of our own.

A text is put together from parts of speech: products, faults, places, amounts, order numbers. Frequent parts are drawn
far more often than rare ones, as words are, so that a search meets common words, rare ones and ones that are unique.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

_WORDS = {
    name: tuple(words)
    for name, words in json.loads(Path(__file__).with_name("intake_words.json").read_text(encoding="utf-8")).items()
}
ZH_THINGS, ZH_FAULTS, ZH_ASKS = _WORDS["zh_things"], _WORDS["zh_faults"], _WORDS["zh_asks"]
ZH_ANSWERS, ZH_PLACES = _WORDS["zh_answers"], _WORDS["zh_places"]
EN_THINGS, EN_FAULTS = _WORDS["en_things"], _WORDS["en_faults"]
EN_ASKS, EN_ANSWERS = _WORDS["en_asks"], _WORDS["en_answers"]
LONG, NOTED, WITH_FILE, LONG_TEXT = 0.001, 1 / 7, 1 / 16, 0.003  # shares: of conversations, and of messages
FILES = ("photo.jpg", "receipt.pdf", "照片.png", "log.txt")


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in one conversation."""

    language: str  # zh-Hans | en
    subject: str
    messages: tuple[tuple[bool, str], ...]  # (by the customer?, text), the customer first
    notes: frozenset[int]  # which of them are private notes, counted from 0
    file: str  # name of what the first message carries, or nothing


def talk(random: Random) -> Talk:
    """Return a conversation of 1 to 6 messages, 3 in the mean; every third in English.

    One in a thousand has 300 to 600 messages, every seventh a note, one in sixteen a file; three messages in a thousand
    are 2,000 to 20,000 characters long.
    """
    english = random.random() < 0.33
    thing = _common(random, EN_THINGS if english else ZH_THINGS)
    fault = _common(random, EN_FAULTS if english else ZH_FAULTS)
    count = random.choices((1, 2, 3, 4, 5, 6), (14, 26, 26, 18, 10, 6))[0]
    count = random.randrange(300, 600) if random.random() < LONG else count
    messages = [(turn % 2 == 0, _said(random, english, thing, fault, turn)) for turn in range(count)]
    notes = [random.randrange(1, count + 1)] if random.random() < NOTED else []
    for place in notes:
        messages.insert(place, (False, _said(random, english, thing, fault, 1)))
    subject = f"My {thing} {fault}" if english else f"{thing}{fault}"
    file = random.choice(FILES) if random.random() < WITH_FILE else ""
    return Talk("en" if english else "zh-Hans", subject, tuple(messages), frozenset(notes), file)


def query(random: Random) -> str:
    """Return what somebody may search for: one to three words, every tenth an order number."""
    if random.random() < 0.1:
        return _order(random)
    english = random.random() < 0.33
    things, faults = (EN_THINGS, EN_FAULTS) if english else (ZH_THINGS, ZH_FAULTS)
    words = [_common(random, things), _common(random, faults)][: random.choice((1, 2))]
    return " ".join(words)


def _said(random: Random, english: bool, thing: str, fault: str, turn: int) -> str:
    write = _english if english else _chinese
    text = write(random, thing, fault, turn)
    length = random.randrange(2_000, 20_000) if random.random() < LONG_TEXT else 0
    while len(text) < length:
        text += " " + write(random, thing, fault, random.randrange(9))
    return text


def _chinese(random: Random, thing: str, fault: str, turn: int) -> str:
    if turn % 2:
        return f"{_common(random, ZH_ANSWERS)}，{random.choice(ZH_ANSWERS)}。"
    place = random.choice(ZH_PLACES)
    first = f"我在{place}买的{thing}，订单号{_order(random)}，{fault}。" if turn == 0 else f"{thing}还是{fault}，"
    return f"{first}{_common(random, ZH_ASKS)}，{random.choice(ZH_ASKS)}。"


def _english(random: Random, thing: str, fault: str, turn: int) -> str:
    if turn % 2:
        return f"{_common(random, EN_ANSWERS)} {random.choice(EN_ANSWERS)}"
    first = f"The {thing} I ordered ({_order(random)}) {fault}." if turn == 0 else f"The {thing} still {fault}."
    return f"{first} {_common(random, EN_ASKS)} {random.choice(EN_ASKS)}"


def _common(random: Random, words: tuple[str, ...]) -> str:
    """The first words far more often than the last."""
    return words[int(len(words) * random.random() ** 2.5)]


def _order(random: Random) -> str:
    return f"SW{random.randrange(10**8):08}"

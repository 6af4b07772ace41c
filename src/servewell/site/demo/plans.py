"""What is decided about a contact before anything happens to it? Everything chance decides.

Every draw is made for every contact, whether its way will need it or not: so the same seed gives the same
contacts with any fault on or off, and two runs differ by the fault alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from random import Random
from uuid import UUID

from servewell.site.demo.vocabulary import ARRIVALS, CHANNELS, DAY, HOUR, MONDAY_MORNING, MORNING, TOPICS, WEEKDAYS

ROUNDS = 3  # a refund is sent back and forth at most so often
REPEATED_CHECK = 0.73  # of those verified by the bot and handed to a person
SENT_BACK = (0.31, 0.36, 0.30)  # chance that finance sends a refund back, the first, second, third time
SWITCHBOARD = ("chat", "wecom", "wechat", "email")  # what is open at night


@dataclass(frozen=True, slots=True)
class Plan:
    """One contact. Times are seconds; `arrival` counts from the first midnight."""

    number: int  # 1, 2, 3 in order of arrival
    case: UUID
    customer: UUID
    arrival: float
    channel: str
    topic: str
    contact_type: str  # inquiry | complaint | suggestion
    sentiment: str  # positive | neutral | negative
    identity: bool  # the topic needs to know who asks
    bot_solves: bool
    patience: float | None  # how long the customer waits for a person; None: comes back for the answer
    classify: float
    verify: float  # the customer types a code
    look_up: float
    read: float  # the customer reads the automatic answer and says yes or no
    collect: float
    verify_again: float  # the agent asks for name, number, code once more
    repeats_check: bool  # what the first fault does to this one, where it applies
    order: float  # looking at the order system
    answer: float
    asks_back: bool  # the agent needs something from the customer
    reply: float  # how long the customer takes to send it
    after_sales: tuple[float, ...]  # work time per round
    approval: tuple[float, ...]
    rounds: int  # what the second fault does to this one, where it applies
    payout: float
    technical: float
    compensated: bool
    compensation: float
    amount: int  # fen: of the refund
    survey: float
    reopens: bool
    reopen_after: float


def draw(seed: int, days: int, midnight: datetime, first_weekday: int) -> list[Plan]:
    """Return the contacts of `days` days from `midnight` on, in order of arrival; `first_weekday` 0 is a Monday."""
    customers = _customers(dice_of(seed, "customers"), midnight)
    moments = _arrivals(dice_of(seed, "arrivals"), days, first_weekday)
    return [_plan(seed, number, moment, midnight, customers) for number, moment in enumerate(moments, 1)]


def later(seed: int, arrivals: Sequence[float], midnight: datetime, number: int) -> list[Plan]:
    """Return contacts of the same customers that come at these moments; the first of them has this number."""
    customers = _customers(dice_of(seed, "customers"), midnight)
    return [_plan(seed, place, moment, midnight, customers) for place, moment in enumerate(arrivals, number)]


def dice_of(seed: int, what: str | int) -> Random:
    """Return the source of chance for one thing, independent of all others."""
    return Random(f"{seed}:{what}")  # noqa: S311 - it must be the same every time; nothing is kept secret with it


def identifier(dice: Random, moment: datetime) -> UUID:
    """Return a UUIDv7 of that moment whose random part comes from `dice`."""
    milliseconds = int(moment.timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | 7 << 76 | dice.getrandbits(12) << 64 | 2 << 62 | dice.getrandbits(62)
    return UUID(int=value)


def _customers(dice: Random, midnight: datetime) -> list[UUID]:
    """Return those who have ever bought: everybody was known before the first day."""
    return [identifier(dice, midnight - timedelta(hours=number)) for number in range(1, 5_201)]


def _arrivals(dice: Random, days: int, first_weekday: int) -> Iterator[float]:
    """A Poisson process whose rate is constant within each hour of the week and grows a little over the weeks."""
    for hour in range(days * 24):
        rate = _rate(hour, first_weekday) * (1 + 0.08 * hour / (days * 24))
        moment = dice.expovariate(rate)
        while moment < 1:
            yield (hour + moment) * HOUR
            moment += dice.expovariate(rate)


def _rate(hour: int, first_weekday: int) -> float:
    weekday, of_day = (hour // 24 + first_weekday) % 7, hour % 24
    morning = MONDAY_MORNING if weekday == 0 and MORNING[0] <= of_day < MORNING[1] else 1.0
    return ARRIVALS[of_day] * WEEKDAYS[weekday] * morning


def _plan(seed: int, number: int, arrival: float, midnight: datetime, customers: list[UUID]) -> Plan:
    dice = dice_of(seed, number)
    at_night = not 9 <= arrival % DAY / HOUR < 21
    channel = _channel(dice, at_night)
    topic = dice.choices(TOPICS, [topic.share for topic in TOPICS])[0]
    complaint = dice.random() < topic.complaint
    patience = CHANNELS[channel][1]
    return Plan(
        number=number,
        case=identifier(dice, midnight + timedelta(seconds=arrival)),
        customer=dice.choice(customers),
        arrival=arrival,
        channel=channel,
        topic=topic.code,
        contact_type="complaint" if complaint else dice.choices(("inquiry", "suggestion"), (0.96, 0.04))[0],
        sentiment=_sentiment(dice, topic.unhappy + 0.4 * complaint),
        identity=topic.identity,
        bot_solves=dice.random() < topic.bot and not complaint,
        patience=None if patience is None else dice.expovariate(1 / patience) + 45,
        classify=dice.uniform(0.8, 2.6),
        verify=_time(dice, 48),
        look_up=dice.uniform(0.6, 1.9),
        read=_time(dice, 55),
        collect=_time(dice, 80),
        verify_again=_time(dice, 128, 0.35),
        repeats_check=dice.random() < REPEATED_CHECK,
        order=_time(dice, 26),
        answer=_time(dice, 440),
        asks_back=dice.random() < 0.18,
        reply=_time(dice, 2_700, 1.1),
        after_sales=tuple(_time(dice, 420) for _ in range(ROUNDS + 1)),
        approval=tuple(_time(dice, 210) for _ in range(ROUNDS + 1)),
        rounds=_rounds(dice),
        payout=_time(dice, 35),
        technical=_time(dice, 900),
        compensated=dice.random() < (0.22 if complaint else 0.02),
        compensation=_time(dice, 60),
        amount=round(exp(dice.gauss(log(8_900), 0.8))),
        survey=_time(dice, 110, 0.9),
        reopens=dice.random() < 0.03,
        reopen_after=dice.uniform(1 * HOUR, 20 * HOUR),
    )


def _channel(dice: Random, at_night: bool) -> str:
    names = SWITCHBOARD if at_night else tuple(CHANNELS)
    return dice.choices(names, [CHANNELS[name][0] for name in names])[0]


def _sentiment(dice: Random, unhappy: float) -> str:
    chance = dice.random()
    return "negative" if chance < unhappy else "positive" if chance > 0.82 else "neutral"


def _rounds(dice: Random) -> int:
    """Return how often finance sends a refund back: each time a throw, the first no ends it."""
    throws = [dice.random() < chance for chance in SENT_BACK]
    return throws.index(False) if False in throws else ROUNDS


def _time(dice: Random, median: float, spread: float = 0.5) -> float:
    """Return a log-normal time in seconds with that median."""
    return median * exp(dice.gauss(0.0, spread))

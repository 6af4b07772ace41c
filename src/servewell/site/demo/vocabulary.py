"""What exists in the made-up shop: teams and hours, channels and topics, the elements of its front-desk flow."""

from dataclasses import dataclass

ZONE = "Asia/Shanghai"  # where the shop stands
DAY = 86_400  # seconds
HOUR = 3_600
CLOSED = 0


@dataclass(frozen=True, slots=True)
class Element:
    """One step of the front-desk flow."""

    id: str  # the activity in the journal; its name stands in the texts under `demo.element.<id>`
    component: str  # which of the twelve components it is made of


# What the flow runs; the three conversation events around it carry no element.
ELEMENTS = {
    element.id: element
    for element in (
        Element("classify_issue", "classify_issue"),
        Element("verify_identity", "verify_identity"),
        Element("look_up_knowledge", "look_up_knowledge"),
        Element("offer_answer", "offer_answer"),
        Element("collect_details", "collect_details"),
        Element("hand_to_person", "hand_to_person"),
        Element("call_system", "call_system"),
        Element("answer_by_person", "offer_answer"),
        Element("wait", "wait"),
        Element("after_sales_check", "hand_to_person"),
        Element("refund_approval", "ask_approval"),
        Element("refund_payout", "call_system"),
        Element("technical_support", "hand_to_person"),
        Element("compensate", "compensate"),
        Element("notify", "notify"),
        Element("survey_and_close", "survey_and_close"),
    )
}
OPENED, REOPENED, GAVE_UP = "conversation.opened", "conversation.reopened", "conversation.abandoned"
FLOW, VERSION = "front_desk", 1


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """Who works when. Hours are those of the shop's own zone."""

    code: str  # its name stands in the texts under `demo.team.<code>`
    agents: int  # people in the team
    seats: tuple[tuple[int, ...], ...]  # [weekday from Monday][hour]: how many work then


def _open(start: int, end: int, seats: int, lunch: int | None = None) -> tuple[int, ...]:
    """Return the seats of one day, hour by hour: open from `start` to `end`, fewer (`lunch`) from 12 to 14."""
    at_noon = seats if lunch is None else lunch
    return tuple((at_noon if hour in (12, 13) else seats) if start <= hour < end else CLOSED for hour in range(24))


def _with_morning(day: tuple[int, ...], seats: int) -> tuple[int, ...]:
    return tuple(seats if 9 <= hour < 12 else usual for hour, usual in enumerate(day))


_OFF = (CLOSED,) * 24
_DESK = _with_morning(_open(9, 21, 2), 5)  # the night has left its questions
MORNING = (9, 12)  # the hours of the Monday that the third fault understaffs
FRONT_DESK = TeamPlan("front_desk", 9, (_DESK,) * 7)
SHORT_FRONT_DESK = TeamPlan("front_desk", 9, (_with_morning(_DESK, 2), *(_DESK,) * 6))
AFTER_SALES = TeamPlan("after_sales", 4, (*(_open(9, 19, 2),) * 6, _OFF))
FINANCE = TeamPlan("finance", 3, (*(_open(9, 18, 2, lunch=1),) * 5, _OFF, _OFF))
TECHNICAL = TeamPlan("technical", 3, (*(_open(9, 20, 2),) * 6, _OFF))
TEAMS = (FRONT_DESK, AFTER_SALES, FINANCE, TECHNICAL)

# Contacts per hour of an ordinary day: quiet nights, two peaks, a dip at lunch.
ARRIVALS = (
    *(0.8, 0.5, 0.3, 0.2, 0.2, 0.3, 0.6, 1.5, 3.2, 6.4, 8.0, 6.8),
    *(3.4, 3.0, 5.6, 6.2, 5.8, 4.8, 4.0, 5.2, 5.8, 4.4, 2.8, 1.6),
)
WEEKDAYS = (1.30, 1.02, 0.96, 0.95, 1.0, 0.92, 0.85)  # Monday first
MONDAY_MORNING = 1.8  # on top, while the weekend's parcels are being opened

# channel: (share by day, patience in seconds while waiting for a person or None where nobody waits at the line)
CHANNELS = {
    "chat": (0.42, 900.0),
    "wecom": (0.26, 1500.0),
    "phone": (0.16, 420.0),
    "wechat": (0.09, 1100.0),
    "email": (0.07, None),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What people come with."""

    code: str  # an intent
    share: float  # of all contacts
    identity: bool  # must we know who asks?
    bot: float  # chance that the automatic answer is enough
    complaint: float  # chance that it comes as a complaint
    unhappy: float  # chance that the sentiment is negative


TOPICS = (
    Topic("delivery", 0.30, True, 0.64, 0.10, 0.22),
    Topic("refund", 0.24, True, 0.12, 0.28, 0.42),
    Topic("product", 0.17, False, 0.66, 0.03, 0.08),
    Topic("fault", 0.12, True, 0.18, 0.30, 0.40),
    Topic("invoice", 0.09, True, 0.52, 0.05, 0.14),
    Topic("account", 0.08, True, 0.48, 0.06, 0.18),
)

"""What can be done with accounts, with what arrives and with what goes out. Each verb records what it did."""

from servewell.apps.channels.frame.actions.accounts import change, create, pause, remove, resume
from servewell.apps.channels.frame.actions.answering import count_answer, forget_answers
from servewell.apps.channels.frame.actions.arriving import (
    Brought,
    arrived,
    arrived_all,
    came_in,
    discard,
    retry,
    retry_all,
    settle_aside,
    settle_taken,
)
from servewell.apps.channels.frame.actions.checking import check
from servewell.apps.channels.frame.actions.health import fails, works
from servewell.apps.channels.frame.actions.sending import send_again

__all__ = [
    "Brought",
    "arrived",
    "arrived_all",
    "came_in",
    "change",
    "check",
    "count_answer",
    "create",
    "discard",
    "fails",
    "forget_answers",
    "pause",
    "remove",
    "resume",
    "retry",
    "retry_all",
    "send_again",
    "settle_aside",
    "settle_taken",
    "works",
]

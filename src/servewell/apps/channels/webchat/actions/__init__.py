"""What can a visitor do?"""

from servewell.apps.channels.webchat.actions.greeting import (
    Hello,
    forget,
    forget_customer,
    forget_silent,
    hello,
    note_life,
)
from servewell.apps.channels.webchat.actions.reading import end, fetched, read, types
from servewell.apps.channels.webchat.actions.writing import write

__all__ = [
    "Hello",
    "end",
    "fetched",
    "forget",
    "forget_customer",
    "forget_silent",
    "hello",
    "note_life",
    "read",
    "types",
    "write",
]

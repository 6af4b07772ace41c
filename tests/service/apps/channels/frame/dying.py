"""Workers that kill themselves at a moment, forked from one process, so that each begins at once.

`python dying.py` reads orders, one a line, and answers each with a line: `begin FOLDER MOMENT NUMBER SECONDS` gives the
worker's pid, `end PID` what it came to (an exit status, or less than 0: a signal), once it has.

A worker sends and reads what is due, as a worker's loops do, on the stub's channel, whose other side is a folder: a
file for each key that came, which says when, in which conversation and what. At the NUMBERth time that it comes to
MOMENT it dies of SIGKILL; with the moment `never` it works until nothing is left. Its clock is SECONDS ahead, so that
leases of those who died before it are over.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

MOMENTS = (
    *("claimed", "calling", "called", "settling", "settled", "waiting"),  # of sending
    *("reading", "receiving", "received", "read"),
)


class Fate:
    """Dies at a moment, the so-manieth time."""

    def __init__(self, moment: str, number: int) -> None:
        self.moment, self.left = moment, number

    def comes_to(self, moment: str) -> None:
        """Die, if this is it."""
        if moment == self.moment:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def after(self, moment: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return `work` with the moment at its end."""

        def watched(*given: Any, **named: Any) -> Any:
            result = work(*given, **named)
            self.comes_to(moment)
            return result

        return watched


def main() -> None:
    """Fork workers as told."""
    import django

    django.setup()
    for line in sys.stdin:
        order, *given = line.split()
        if order == "begin":
            sys.stdout.write(f"{_forked(*given)}\n")
        else:
            sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(int(given[0]), 0)[1])}\n")
        sys.stdout.flush()


def _forked(folder: str, moment: str, number: str, seconds: str) -> int:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work(Path(folder), moment, int(number), float(seconds))
            status = 0
        finally:
            os._exit(status)
    return pid


def work(folder: Path, moment: str, number: int, seconds: float) -> None:
    """Work until nothing is left, or until the moment has come."""
    from tests.service.apps.channels import stub

    from servewell.apps.base import clock, outbox
    from servewell.apps.base.models import Outgoing
    from servewell.apps.channels.frame import arrivals
    from servewell.apps.channels.frame.models import Arrival

    fate, side = Fate(moment, number), stub.OtherSide()
    channel = stub.channel(side, send=_sender(folder, fate), take=_reader(side, fate))
    _watch(fate)
    with stub.registered(channel), clock.frozen(clock.now() + timedelta(seconds=seconds)):
        while Outgoing.objects.filter(state="waiting").exists() or Arrival.objects.filter(state="waiting").exists():
            if arrivals.read_due(3) + outbox.run_due(1) == 0:
                break


def _sender(folder: Path, fate: Fate) -> Callable[..., Any]:
    from servewell.apps.channels.frame.kinds import SendFailed, Sent

    def send(account: Any, message: Any) -> Any:
        fate.comes_to("calling")
        fails = folder / f"fails-{message.key}"
        if fails.exists():
            fails.unlink()
            raise SendFailed("busy", "421", permanent=False)
        _taken_over(folder / message.key, f"{time.monotonic_ns()} {message.conversation_id} {message.text}")
        fate.comes_to("called")
        return Sent(external_id=f"there-{message.key}")

    return send


def _taken_over(place: Path, line: str) -> None:
    """Keep a line at a place at one stroke, unless something is there."""
    fresh = place.with_name(f"{os.getpid()}-{place.name}.new")
    fresh.write_text(line)
    with suppress(FileExistsError):
        place.hardlink_to(fresh)


def _reader(side: Any, fate: Fate) -> Callable[..., Any]:
    def take(account: Any, arrival: Any, raw: bytes) -> Any:
        fate.comes_to("reading")
        return side.take(account, arrival, raw)

    return take


def _watch(fate: Fate) -> None:
    """Put the moments in: at the end of each step, still within its transaction where it has one."""
    from servewell.apps.base import outbox
    from servewell.apps.channels.frame import arrivals, routes
    from servewell.apps.channels.frame.actions import arriving, sending
    from servewell.apps.flows import reception

    routes.of = fate.after("claimed", routes.of)
    sending.sent = fate.after("settling", sending.sent)
    sending.waits = fate.after("waiting", sending.waits)
    outbox._make = fate.after("settled", outbox._make)
    reception.receive_within = fate.after("receiving", reception.receive_within)
    arriving._settle = fate.after("received", arriving._settle)
    arrivals._read = fate.after("read", arrivals._read)


if __name__ == "__main__":
    main()

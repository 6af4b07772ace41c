"""A worker that can be told when to die: it kills itself with SIGKILL before or after its n-th step.

    python mortal.py    reads lines of JSON {"what", "die_at", "shift_s", "until_idle"}, forks for each, and answers
                        with a line: {"died": bool}

A step is a statement, a commit, or the call to the outside. Forking from a process that has no connection yet makes a
worker cost some milliseconds.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - after django.setup

from servewell.apps.base import clock, outbox, timers  # noqa: E402
from servewell.apps.base.outbox import OutboxItem  # noqa: E402
from servewell.apps.base.timers import FiredTimer  # noqa: E402

LETTERS = Path(os.environ["MORTAL_LETTERS"])  # what reached the outside: one key a line


class Mortality:
    """Counts steps down to death."""

    def __init__(self, die_at: int | None) -> None:
        self.die_at = die_at
        self.step = 0

    def pass_(self) -> None:
        self.step += 1
        if self.step == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around_statement(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.pass_()
        result = execute(*args)
        self.pass_()
        return result

    def around_commit(self, commit: Callable[[], None]) -> Callable[[], None]:
        def mortal_commit() -> None:
            self.pass_()
            commit()
            self.pass_()

        return mortal_commit


def ring(timer: FiredTimer) -> None:
    remember(str(timer.subject))
    if timer.payload.get("again"):
        timers.set("mortal", timer.subject, timer.due_at + timedelta(days=1))


def send(item: OutboxItem) -> Callable[[], None]:
    mortality.pass_()
    with LETTERS.open("a") as letters:
        letters.write(f"{item.key}\n")
    mortality.pass_()
    return lambda: remember(item.key)


def remember(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into fired values (%s)", [what])


def work(what: str, until_idle: bool) -> None:
    run = timers.run_due if what == "timers" else outbox.run_due
    while run(3) or not until_idle:
        pass


def live(order: dict[str, Any]) -> None:
    global mortality  # noqa: PLW0603 - one life, one process
    mortality = Mortality(order["die_at"])
    connection.ensure_connection()
    connection._commit = mortality.around_commit(connection._commit)  # type: ignore[method-assign]
    moment = clock.now() + timedelta(seconds=order["shift_s"])
    with connection.execute_wrapper(mortality.around_statement), clock.frozen(moment):
        work(order["what"], order["until_idle"])
    connection.close()


def main() -> None:
    timers.handler("mortal")(ring)
    outbox.handler("mortal", lease_s=30)(send)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            live(order)
            os._exit(0)
        answer(child=child)
        _, status = os.waitpid(child, 0)
        answer(died=os.WIFSIGNALED(status), status=status)


def answer(**said: int) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    mortality = Mortality(None)
    main()

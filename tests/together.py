"""How do tests do many things at the same moment, and hear what others commit?"""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
from django.db import connection

from servewell.apps.base import direct

T = TypeVar("T")


def at_once(count: int, work: Callable[[int], T]) -> list[T | Exception]:
    """Run `work(0)` ... `work(count - 1)` in threads that start together; return what each gave or raised."""
    start = threading.Barrier(count)

    def one(number: int) -> T | Exception:
        try:
            connection.ensure_connection()
            start.wait(20)
            return work(number)
        except Exception as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def heard(listener: psycopg.Connection[Any], channel: str) -> list[Any]:
    """Return what was said on a channel until now. A last word of ours tells that nothing more is on its way."""
    with direct.connect() as own:
        own.execute("select pg_notify(%s, %s)", [channel, json.dumps("the end")])
    said: list[Any] = []
    for notice in listener.notifies(timeout=30):
        word = json.loads(notice.payload)
        if word == "the end":
            return said
        said.append(word)
    raise AssertionError("our own word did not come back within 30 s")

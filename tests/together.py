"""How do tests do many things at the same moment? In threads with connections of their own, let go together."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

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

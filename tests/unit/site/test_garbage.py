"""Is what a process loads left alone by Python's collector, and garbage still found?"""

import gc
import subprocess
import sys
import weakref

from servewell.site import garbage

PROGRAM = """
import gc
from servewell.site import garbage
garbage.settle()
print(gc.get_freeze_count() > 1000, gc.get_threshold()[0])
"""


def test_it_works() -> None:
    """In a process of its own, since it is for good."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", str(garbage.AFTER)]


def test_rings_made_later_are_still_found() -> None:
    before = gc.get_threshold()
    try:
        garbage.settle()

        class Ring:
            def __init__(self) -> None:
                self.self = self

        watched = weakref.ref(Ring())
        made = [[] for _ in range(garbage.AFTER * 2)]
        assert made
        assert watched() is None
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)

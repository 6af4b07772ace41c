"""How is it made sure that no child outlives its parent, even when the parent is killed?"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
VARIABLE = "SERVEWELL_PARENT"  # a parent's word to its children; not for people


def announce_parent() -> dict[str, str]:
    """Return the environment by which children know whose children they are."""
    return {VARIABLE: str(os.getpid())}


def end_with_parent(number: int = signal.SIGTERM) -> bool:
    """Ask the kernel for a signal at our parent's death, and leave at once if that has happened already.

    For a process that was started by the main thread of one that announced itself; without that it does nothing.
    Return whether one did.
    """
    parent = os.environ.pop(VARIABLE, None)
    if parent is None or not sys.platform.startswith("linux"):
        return parent is not None
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != int(parent):
        raise SystemExit(128 + number)
    return True

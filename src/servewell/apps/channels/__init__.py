"""Floor 8: the ways by which customers reach us and we reach them. Each is a folder here, and its siblings look alike.

`frame` holds what all share; a folder with an `apps.py` is a channel, and nothing else names it: a new one is a copied
folder (`docs/guide/en/new-channel.md`).
"""

from pathlib import Path

_HERE = Path(__file__).parent
FRAME = "frame"


def folders() -> list[str]:
    """Return the names of the channels' folders, sorted."""
    return sorted(file.parent.name for file in _HERE.glob("*/apps.py") if file.parent.name != FRAME)


def installed() -> list[str]:
    """Return the modules that Django installs: the frame first, then each channel."""
    return [f"{__name__}.{folder}" for folder in (FRAME, *folders())]

"""Where in a mailbox does an arrival stand? Folder, UIDVALIDITY, UID; and the size of what was not fetched whole."""

import hashlib
import re
from dataclasses import dataclass

_LONGEST = 120  # characters of a folder's name
_CUT = re.compile(r"(.*);(\d+);(\d+);cut=(\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail stands of which only the header was fetched."""

    folder: str  # as `shown` gives it
    uidvalidity: int
    uid: int
    size: int  # bytes, as the server said


def name(folder: str, uidvalidity: int, uid: int) -> str:
    """Return the name of a mail's place, the same each time it is read."""
    return f"{shown(folder)};{uidvalidity};{uid}"


def cut(place: str, size: int) -> str:
    """Return the name of the place of a mail of which only the header was fetched; `size` in bytes, as was told."""
    return f"{place};cut={size}"


def cut_at(external_id: str) -> Place | None:
    """Return where a mail stands that was not fetched whole; None when it was."""
    found = _CUT.fullmatch(external_id)
    return Place(found[1], int(found[2]), int(found[3]), int(found[4])) if found else None


def shown(folder: str) -> str:
    """Return a folder's name, shortened so that it still tells two apart."""
    if len(folder) <= _LONGEST:
        return folder
    return f"{folder[:40]}~{hashlib.sha256(folder.encode()).hexdigest()[:32]}"

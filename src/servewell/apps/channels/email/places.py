"""Where does an arrival stand? Folder, UIDVALIDITY, UID, which mailbox; and the size of what was not fetched whole.

An account may be led to another mailbox: servers number theirs alike, so that only its mark tells two places apart.
"""

import hashlib
import re
from dataclasses import dataclass

_LONGEST = 120  # characters of a folder's name
_MARK = 12  # hexadecimal digits
_CUT = re.compile(r"(.*);(\d+);(\d+)(?:@([0-9a-f]+))?;cut=(\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail stands of which only the header was fetched."""

    folder: str  # as `shown` gives it
    uidvalidity: int
    uid: int
    mailbox: str  # its mark; "" where none was noted
    size: int  # bytes, as the server said


def mark(host: str, user: str) -> str:
    """Return what tells one mailbox from another, naming nobody."""
    return hashlib.sha256(f"{host.strip().lower()}\n{user.strip()}".encode()).hexdigest()[:_MARK]


def name(folder: str, uidvalidity: int, uid: int, mailbox: str) -> str:
    """Return the name of a mail's place, the same each time it is read; `mailbox` is a mark."""
    return f"{shown(folder)};{uidvalidity};{uid}@{mailbox}"


def cut(place: str, size: int) -> str:
    """Return the name of the place of a mail of which only the header was fetched; `size` in bytes, as was told."""
    return f"{place};cut={size}"


def cut_at(external_id: str) -> Place | None:
    """Return where a mail stands that was not fetched whole; None when it was."""
    found = _CUT.fullmatch(external_id)
    if found is None:
        return None
    return Place(found[1], int(found[2]), int(found[3]), found[4] or "", int(found[5]))


def shown(folder: str) -> str:
    """Return a folder's name, shortened so that it still tells two apart."""
    if len(folder) <= _LONGEST:
        return folder
    return f"{folder[:40]}~{hashlib.sha256(folder.encode()).hexdigest()[:32]}"

"""How does what stands in a mailbox come to us? Kept first, marked then, and only then counted as read.

A death between any two of these steps repeats the later ones: what we have already is known by its place (folder,
UIDVALIDITY, UID, mailbox), and where the server numbered anew, or the account was led to another mailbox, by its
Message-ID.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

import structlog
from django.db import close_old_connections, connections

from servewell.apps.base import clock, settings
from servewell.apps.channels.email import actions, imap, options, places
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.imap import Head, Mailbox, Selected
from servewell.apps.channels.email.options import LARGEST_MEGABYTES, Box
from servewell.apps.channels.frame import actions as frame
from servewell.apps.channels.frame.models import Account

_log = structlog.get_logger(__name__)
_BATCH = 20  # mails until they are marked and counted as read
_RENUMBERED = timedelta(days=2)  # how much before the last look is read again when the server numbered anew
_UNMARKED = 500  # mails that we remember to mark later
_STEADY_S = 60.0  # a connection that lived so long may break off and is made again at once
_MOST_LOSSES = 5  # connections in a row that did not live so long, until it is a fault


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was read."""

    uidvalidity: int
    uid: int  # the highest one that was taken
    old_until: int  # the highest one that stood there when we began with this numbering
    since: str  # of those, what came since is taken, ISO 8601; empty: what nobody has read
    began: str  # when it was first looked at, ISO 8601
    looked: str  # when it was last looked at
    unmarked: tuple[int, ...] = ()  # taken, but the server would not let us mark them
    mailbox: str = ""  # the mark of the one that these numbers are of; "": it was not noted

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Place":
        """Return it from JSON."""
        return cls(**{**stored, "unmarked": tuple(stored.get("unmarked", ()))})

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "uidvalidity": self.uidvalidity,
            "uid": self.uid,
            "old_until": self.old_until,
            "since": self.since,
            "began": self.began,
            "looked": self.looked,
            "unmarked": list(self.unmarked[-_UNMARKED:]),
            "mailbox": self.mailbox,
        }


@dataclass
class _Losses:
    """How often in a row a connection that had been made broke off early."""

    since: float | None = None  # when the present connection was made, by the monotonic clock
    count: int = 0

    def one_more(self, fault: Fault) -> float:
        """Return how long to wait until the next connection; raises the fault when there was none, or too many."""
        since, self.since = self.since, None
        if since is None or not fault.is_loss:
            raise fault
        self.count = 1 if time.monotonic() - since >= _STEADY_S else self.count + 1
        if self.count > _MOST_LOSSES:
            raise fault
        return float(2 ** (self.count - 1)) - 1.0


def keep(account: Account, stopping: threading.Event) -> None:
    """Take what comes into a mailbox until told to stop; KeepFailed when it cannot be read.

    A connection that had worked and broke off is made again without a word.
    """
    losses = _Losses()
    try:
        while not stopping.is_set():
            try:
                _serve(account, losses, stopping)
            except Fault as fault:
                _log.info("mailbox connection lost", account=str(account.id), code=fault.code)
                stopping.wait(losses.one_more(fault))
    except Fault as fault:
        _rest(account, fault, stopping)
        raise fault.to_keep() from fault


def _rest(account: Account, fault: Fault, stopping: threading.Event) -> None:
    """Leave the other side alone as long as the fault asks; mail houses lock whoever tries a wrong password again.

    A change of the account ends it.
    """
    if fault.wait:
        frame.fails(account.id, fault.code, fault.words)
        connections.close_all()
        stopping.wait(fault.wait.total_seconds())


def _serve(account: Account, losses: _Losses, stopping: threading.Event) -> None:
    """Work by one connection until told to stop."""
    close_old_connections()
    account.refresh_from_db()
    box = options.of(account)
    with imap.opened(box) as mailbox:
        losses.since = time.monotonic()
        look = Look(account, box, mailbox)
        while not stopping.is_set():
            close_old_connections()
            look.once(stopping)
            connections.close_all()  # a mailbox may be silent for hours
            alone = len(box.folders) == 1
            mailbox.wait(imap.IDLE_S if alone and mailbox.idles else box.poll_s, stopping)


@dataclass
class Look:
    """Takes what is new in the folders of a mailbox, by a connection that is signed in."""

    account: Account
    box: Box
    mailbox: Mailbox
    _is_first: bool = False  # whether the account was never looked at before

    @property
    def _mark_of_box(self) -> str:
        return places.mark(self.box.imap.host, self.box.imap.user)

    def once(self, stopping: threading.Event) -> int:
        """Take all that is new; return how many mails that were. The last folder read stays open.

        A folder that is missing, or whose mails cannot be marked, is the account's fault and keeps no other one back;
        Fault `folder` when none is there.
        """
        taken, faults = 0, []
        self._is_first = not self.account.cursor
        for folder in reversed(self.box.folders):  # the first one is the one that is waited for
            try:
                taken_here, words = self._folder(folder, stopping)
                taken += taken_here
                faults += [Fault("unmarked", words)] if words else []
            except Fault as fault:
                faults.append(fault)
                if fault.code != "folder" or len(faults) == len(self.box.folders):
                    raise
        if faults:
            frame.fails(self.account.id, faults[0].code, faults[0].words)
        else:
            frame.works(self.account.id)
        return taken

    def _folder(self, folder: str, stopping: threading.Event) -> tuple[int, str]:
        selected = self.mailbox.select(folder)
        place, uids = self._wanted(folder, selected)
        taken, words = 0, ""
        for batch in _batches(chain(place.unmarked, uids), _BATCH):
            new, left = self._take(folder, place, [uid for uid in batch if uid not in place.unmarked])
            place, said = self._marked(folder, place, batch, left)
            taken += new
            words = words or said
            self._note(folder, place)
            if stopping.is_set():
                return taken, words
        self._note(folder, replace(place, uid=max(place.uid, selected.uidnext - 1), looked=_now()))
        return taken, words

    def _wanted(self, folder: str, selected: Selected) -> tuple[Place, Iterator[int]]:
        """Return how far the folder was read, and the UIDs of what is to be taken now."""
        last = selected.uidnext - 1
        known = self.account.cursor.get(folder)
        place = Place.read(known) if known else self._first(selected)
        if place.uidvalidity != selected.uidvalidity or place.mailbox not in ("", self._mark_of_box):
            place = self._renumbered(place, selected)
        place = replace(place, mailbox=self._mark_of_box)
        day = datetime.fromisoformat(place.since) - timedelta(days=1) if place.since else None  # of which zone?
        old = self.mailbox.uids(place.uid + 1, min(last, place.old_until), unseen=not place.since, since=day)
        return place, chain(old, self.mailbox.uids(max(place.uid, place.old_until) + 1, last))

    def _first(self, selected: Selected) -> Place:
        """Return where we begin: with what came since the account was made, which may have waited for a password.

        In a folder that was added later it is what comes from now on.
        """
        there, now = selected.uidnext - 1, _now()
        since = "" if self.box.takes_old else self.account.created_at.isoformat() if self._is_first else now
        return Place(selected.uidvalidity, 0, there, since, since or now, now)

    def _renumbered(self, place: Place, selected: Selected) -> Place:
        """Return how far a folder is read that has other numbers now: to shortly before the last look.

        The server numbered it anew, or it is another mailbox's.

        What we have already is recognised when it is read: one Message-ID is one message. UIDs that we noted to mark
        them later are other mails' now.
        """
        _log.warning("mailbox was numbered anew", account=str(self.account.id))
        since = datetime.fromisoformat(place.looked) - _RENUMBERED
        if not self.box.takes_old:
            since = max(since, datetime.fromisoformat(place.began))
        there, began = selected.uidnext - 1, since.isoformat()
        return replace(place, uidvalidity=selected.uidvalidity, uid=0, old_until=there, since=began, unmarked=())

    def _take(self, folder: str, place: Place, uids: list[int]) -> tuple[int, list[int]]:
        """Keep mails; return how many were new, and which ones stay as they are: too large, withheld, or too old."""
        left: list[int] = []
        return len(frame.arrived_all(self.account, self._brought(folder, place, uids, left))), left

    def _brought(self, folder: str, place: Place, uids: list[int], left: list[int]) -> Iterator[frame.Brought]:
        """Yield mails as they come; of one that is too large or withheld the header. What stays is `left`."""
        limit = settings.get(LARGEST_MEGABYTES.name) * 2**20
        heads = self.mailbox.heads(uids)
        left += [head.uid for head in heads if not _is_wanted(head, place)]
        for head, body in self.mailbox.bodies([head for head in heads if head.uid not in left], limit):
            name = places.name(folder, place.uidvalidity, head.uid, place.mailbox)
            if body is None:
                left.append(head.uid)
                yield frame.Brought(places.cut(name, head.size), self.mailbox.header(head.uid))
                continue
            with body:
                yield frame.Brought(name, body)

    def _marked(self, folder: str, place: Place, uids: list[int], left: list[int]) -> tuple[Place, str]:
        """Mark or move all but what is `left`, and count it as read; return what the server said if it would not."""
        done = [uid for uid in uids if uid not in left]
        counted = replace(place, uid=max(place.uid, *uids))
        try:
            self._mark(folder, done)
        except Fault as fault:
            if fault.code != "protocol":
                raise
            return replace(counted, unmarked=tuple(dict.fromkeys([*place.unmarked, *done]))), fault.words
        return replace(counted, unmarked=tuple(uid for uid in place.unmarked if uid not in done)), ""

    def _mark(self, folder: str, uids: list[int]) -> None:
        if uids and self.box.move_to and self.box.move_to != folder:
            self.mailbox.move(uids, self.box.move_to)
        elif uids:
            self.mailbox.mark_seen(uids)

    def _note(self, folder: str, place: Place) -> None:
        stored = place.as_json()
        if self.account.cursor.get(folder) != stored:
            self.account.cursor = {**self.account.cursor, folder: stored}
            actions.read_so_far(self.account.id, self.account.cursor)


def _is_wanted(head: Head, place: Place) -> bool:
    """Did it come since what is asked for? The server searches by days only, and tells whole seconds."""
    if not place.since or head.uid > place.old_until or head.came_at is None:
        return True
    return head.came_at >= datetime.fromisoformat(place.since).replace(microsecond=0)


def _batches(uids: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(uids)
    while batch := list(islice(rest, size)):
        yield batch


def _now() -> str:
    return clock.now().isoformat()

"""How is a mail taken in that was kept? Read, and answered by itself if the mailbox does so.

One that was too large to be fetched is set aside; at a second try it is fetched after all, if it is allowed by then and
still stands where it was.
"""

from servewell.apps.base import settings
from servewell.apps.channels.email import answering, imap, options, places, receiving
from servewell.apps.channels.email.errors import Fault
from servewell.apps.channels.email.options import LARGEST_MEGABYTES
from servewell.apps.channels.frame.kinds import Taken, Unfit
from servewell.apps.channels.frame.models import Account, Arrival


def take(account: Account, arrival: Arrival, raw: bytes) -> Taken:
    """Read what arrived, as `receiving.take`; Unfit `too_large` for a mail of which only the header was fetched."""
    place = places.cut_at(arrival.external_id)
    if place is None:
        return _taken(account, arrival, raw)
    limit = settings.get(LARGEST_MEGABYTES.name) * 2**20
    if place.size > limit:
        raise Unfit(Arrival.Outcome.TOO_LARGE, f"{place.size / 2**20:.1f} > {limit // 2**20} MB")
    return _taken(account, arrival, _fetched(account, place, limit))


def _taken(account: Account, arrival: Arrival, raw: bytes) -> Taken:
    return answering.with_answer(account, receiving.take(account, arrival, raw))


def _fetched(account: Account, place: places.Place, limit: int) -> bytes:
    box = options.of(account)
    is_here = place.mailbox in ("", places.mark(box.imap.host, box.imap.user))
    folder = next((one for one in box.folders if is_here and places.shown(one) == place.folder), "")
    try:
        with imap.opened(box) as mailbox:
            if not folder or mailbox.select(folder).uidvalidity != place.uidvalidity:
                raise Unfit(Arrival.Outcome.TOO_LARGE, place.folder)
            for _, body in mailbox.bodies(mailbox.heads([place.uid]), limit):
                if body is None:
                    raise Unfit(Arrival.Outcome.UNREADABLE, f"IMAP FETCH: {place.folder}, UID {place.uid}")
                with body:
                    return body.read()
    except Fault as fault:
        raise Unfit(Arrival.Outcome.TOO_LARGE, f"{fault.code}: {fault.words}") from fault
    raise Unfit(Arrival.Outcome.TOO_LARGE, place.folder)

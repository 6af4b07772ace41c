"""How does a visitor come, come back, and go? What is written about nobody yet stands in no journal."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from servewell.apps.base import clock, ids, live, settings
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import tokens, view, visitors
from servewell.apps.channels.webchat.identity import Signed
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.conversations.models import Conversation

CARRIED = timedelta(minutes=30)  # so long after its last word an anonymous chat goes on for who signs in
_RENEWED = timedelta(hours=1)  # a sign of life is written at most so often


@dataclass(frozen=True, slots=True)
class Hello:
    """How somebody comes; every text is cleaned and cut already."""

    language: str = ""
    network: str = ""  # mark
    browser: str = ""
    page_url: str = ""
    page_title: str = ""
    referrer: str = ""


def hello(
    account: Account, token: str, signed: Signed | None, said: Hello, fresh: Callable[[], None]
) -> tuple[Visitor, str]:
    """Return who comes, and the token to keep; `fresh` is asked before a new visitor is made, and may refuse.

    1. An anonymous visitor who is signed for now stays the same one, with a new token: whoever knew the old one (the
       person before, at a shared computer) does not follow. Only while their chat is fresh: what somebody wrote at
       that browser longer ago is not handed to whoever signs in next.
    2. A known one with the same identity stays; with another, or none, a new visitor comes: nobody sees what the
       former wrote.
    """
    with transaction.atomic():
        known = _of(account, token)
        if known is not None and known.person == (signed.id if signed else ""):
            return _back(known, signed, said), token
        if known is not None and signed is not None and not known.person and _is_fresh(known):
            other = tokens.fresh()
            return _identified(known, signed, said, other), other
    fresh()
    other = tokens.fresh()
    return _new(account, signed, said, other), other


def forget(visitor: Visitor) -> None:
    """The visitor wants this browser to know nothing more: the token stops. What was written is the shop's."""
    Visitor.objects.filter(pk=visitor.pk).delete()
    live.notify("visitor", {"visitor": str(visitor.id)})


def forget_customer(customer: UUID) -> int:
    """Forget all browsers of a customer, all their devices, whose tokens stop; return how many."""
    gone = list(visitors.of_customers([customer]).values_list("id", flat=True))
    Visitor.objects.filter(pk__in=gone).delete()
    for one in gone:
        live.notify("visitor", {"visitor": str(one)})
    return len(gone)


def forget_silent(limit: int = 10_000) -> int:
    """Forget visitors who never wrote within the days that are set, and tokens that are past their time; how many."""
    now = clock.now()
    never = Q(conversation_id=None, seen_at__lt=now - timedelta(days=settings.get("channels_webchat.silent_days")))
    due = Visitor.objects.filter(never | Q(expires_at__lt=now)).values_list("id", flat=True)[:limit]
    return int(Visitor.objects.filter(pk__in=list(due)).delete()[0])


def _of(account: Account, token: str) -> Visitor | None:
    if not token:
        return None
    mine = Visitor.objects.select_for_update().filter(
        token=tokens.hashed(token), account=account, expires_at__gt=clock.now()
    )
    return mine.first()


def _back(visitor: Visitor, signed: Signed | None, said: Hello) -> Visitor:
    _say(visitor, signed, said)
    visitor.save()
    return visitor


def _is_fresh(visitor: Visitor) -> bool:
    """Was the last word of an anonymous visitor said so lately that whoever signs in now said it, or none at all?"""
    now = view.current(visitor)
    if now is None:
        return visitor.conversation_id is None
    return Conversation.objects.filter(pk=now.own, last_customer_message_at__gt=clock.now() - CARRIED).exists()


def _identified(visitor: Visitor, signed: Signed, said: Hello, token: str) -> Visitor:
    """Without a conversation of their own they go on with the one they have on another device."""
    visitor.token = tokens.hashed(token)
    visitor.person = signed.id
    if visitor.conversation_id is None:
        _join_own(visitor)
    _say(visitor, signed, said)
    visitor.save()
    return visitor


def _new(account: Account, signed: Signed | None, said: Hello, token: str) -> Visitor:
    id_ = ids.new()
    visitor = Visitor(id=id_, account=account, token=tokens.hashed(token), thread=f"visitor:{id_}")
    if signed is not None:
        visitor.person = signed.id
        _join_own(visitor)
    _say(visitor, signed, said)
    visitor.save(force_insert=True)
    return visitor


def _join_own(visitor: Visitor) -> None:
    """Take the thread that the same person used last on this site; else one that all their devices will have."""
    own = Visitor.objects.filter(account=visitor.account, person=visitor.person).exclude(conversation_id=None)
    last = own.order_by("-seen_at").first()
    if last is None:
        visitor.thread = f"person:{hashlib.sha256(visitor.person.encode()).hexdigest()[:40]}"
        return
    visitor.thread, visitor.conversation_id = last.thread, last.conversation_id
    visitor.customer_id, visitor.read_position = last.customer_id, last.read_position


def _say(visitor: Visitor, signed: Signed | None, said: Hello) -> None:
    if signed is not None:
        known = asdict(signed)
        visitor.identity_until, visitor.identity_mark = signed.until, signed.mark
        visitor.signed = {name: known[name] for name in ("name", "email", "phone") if known[name]}
    for name, value in asdict(said).items():
        setattr(visitor, name, value or getattr(visitor, name))
    visitor.seen_at = clock.now()
    visitor.expires_at = visitor.seen_at + timedelta(days=settings.get("channels_webchat.token_days"))


def note_life(visitor: Visitor) -> None:
    """Let the token of somebody who is here go on; at most once an hour."""
    now = clock.now()
    if visitor.seen_at > now - _RENEWED:
        return
    until = now + timedelta(days=settings.get("channels_webchat.token_days"))
    Visitor.objects.filter(pk=visitor.pk, seen_at__lt=now - _RENEWED).update(seen_at=now, expires_at=until)

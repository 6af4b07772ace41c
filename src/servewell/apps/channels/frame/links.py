"""How does a customer come to the page of their conversation? By a link that only we can make, and can take back.

A token is base64url of: a version (1 byte), the counter of the conversation's links (2), the conversation's id (16)
and the first 16 bytes of an HMAC-SHA-256 over them by a key derived from the installation's. It is kept nowhere.
Changing the installation's key leaves links good while the old one stands in `SECRET_KEY_FALLBACKS`.
"""

import base64
import binascii
import hmac
import struct
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db.models import Q

from servewell.apps.base import clock, secrets, settings, statements, texts
from servewell.apps.channels.frame.case.errors import LinkExpired, LinkRevoked, NoSuchLink
from servewell.apps.channels.frame.case.models import CaseLink
from servewell.apps.conversations.models import Author, Conversation
from servewell.apps.customers.models import Customer

SQL = statements.load(Path(__file__).parent / "case" / "statements.sql")
_VERSION, _MAC = 1, 16
_HEAD = struct.Struct(">BH16s")
_LENGTH = -(-(_HEAD.size + _MAC) * 4 // 3)  # characters of a token
_COUNTERS = 2**16


def link_of(conversation_id: UUID, language: str = "") -> str:
    """Return the whole address of a conversation's page, in `language` if one is given.

    "" while the setting `channels.public_url` is, or when one of us has taken the conversation's links back.
    """
    base = str(settings.get("channels.public_url")).rstrip("/")
    token = token_of(conversation_id) if base else ""
    return f"{base}{path_of(token, language)}" if token else ""


def path_of(token: str, language: str = "") -> str:
    """Return the path of a token's page."""
    return f"/case/{token}" + (f"?lang={texts.nearest(language)}" if language else "")


def token_of(conversation_id: UUID) -> str:
    """Return the token that opens a conversation now; "" when its links are taken back."""
    known = CaseLink.objects.filter(pk=conversation_id).first() or CaseLink(conversation_id=conversation_id)
    return _token(conversation_id, known.counter) if known.revoked_at is None else ""


def opened(token: str) -> tuple[UUID, Conversation]:
    """Return the conversation that a token was made for (its id), and the one that goes on for it; one query.

    NoSuchLink, LinkRevoked, LinkExpired. What was not made with our key is refused before anything is looked up.
    """
    bound, counter = _read(token)
    found = statements.instances(Conversation, SQL["opened"], {"conversation": bound})
    if not found:
        raise NoSuchLink
    conversation, link = found[0]
    is_good = link["link_revoked_at"] is None and link["link_counter"] % _COUNTERS == counter
    if not is_good or not link["link_same_customer"]:
        raise LinkRevoked  # also where it was merged into somebody else's: that is not for them to read
    if conversation.last_message_at + timedelta(days=settings.get("channels.link_days")) < clock.now():
        raise LinkExpired
    return bound, conversation


def own_family(row: Conversation) -> list[UUID]:
    """Return the conversations that a page shows: one that goes on, and what was merged into it of the same customer.

    One of us may merge conversations of two customers; neither reads the other's.
    """
    values = {"conversation": row.id, "customer": row.customer_id}
    return [id_ for (id_,) in statements.rows(SQL["own_family"], values)]


def readable(*customers: UUID | None) -> Q:
    """Return which messages any of these customers may read: ours, and what they wrote themselves.

    One is all who were merged. What another customer writes in their conversation stays that one's.
    """
    roots = Customer.objects.filter(pk__in=[one for one in customers if one]).values("root_id")
    same = Customer.objects.filter(root_id__in=roots).values("id")
    return ~Q(author_kind=Author.CUSTOMER) | Q(author__in=same)


def _token(conversation_id: UUID, counter: int) -> str:
    head = _HEAD.pack(_VERSION, counter % _COUNTERS, conversation_id.bytes)
    signature = bytes.fromhex(secrets.mark(_signed(head)))[:_MAC]
    return base64.urlsafe_b64encode(head + signature).decode().rstrip("=")


def _read(token: str) -> tuple[UUID, int]:
    if len(token) != _LENGTH:
        raise NoSuchLink
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NoSuchLink from None
    head, signature = raw[: _HEAD.size], raw[_HEAD.size :]
    known = [bytes.fromhex(mark)[:_MAC] for mark in secrets.marks(_signed(head))]
    if not any(hmac.compare_digest(one, signature) for one in known) or head[0] != _VERSION:
        raise NoSuchLink
    _, counter, conversation = _HEAD.unpack(head)
    return UUID(bytes=conversation), counter


def _signed(head: bytes) -> str:
    return f"channels.case {head.hex()}"

"""To whom does an answer go? To the customer of the conversation, whoever else has written into it.

A mail of ours that was sent on lets others write into its conversation; what is answered is meant for the customer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from servewell.apps.base import addresses
from servewell.apps.channels.email import options
from servewell.apps.channels.email.composing import Person, line
from servewell.apps.channels.email.models import Envelope
from servewell.apps.conversations.models import Author, Conversation, Message, MessageKind
from servewell.apps.customers import queries as customers

MOST_COPIES = 30  # who else gets an answer; more is a mailing list, and not for us to fill


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom an answer is for."""

    to: Person | None  # None: no address is known
    copies: Sequence[Person]  # the others of the mail that is answered, if that is what the customer said last
    last: Envelope | None  # the customer's last mail, which is answered; its message is loaded
    customer_address: str  # which they last wrote from, else the one we know of them; empty: none

    @property
    def reply_to_differs(self) -> bool:
        """Did the customer ask to be answered at another address than they wrote from?"""
        return self.to is not None and options.compared(self.to.address) != options.compared(self.customer_address)

    @property
    def is_private(self) -> bool:
        """Does only the customer read it, at an address we know as theirs? Only then may it hold what is theirs."""
        return self.to is not None and not self.copies and not self.reply_to_differs


def of(conversation: Conversation, known: str, *, before: int | None = None, alone: bool = False) -> Recipients:
    """Return whom an answer in a conversation goes to.

    `known` is the customer's surest address, `before` the position of the answer (None: the next one); `alone` leaves
    all others out. No address of ours is among them, none whose mail comes back is a copy. Up to five reads.
    """
    family = customers.family(conversation.customer_id)
    last = _last_mail(conversation.id, family, before)
    own = options.own_addresses()
    wrote = last.sender if last and options.compared(last.sender) not in own else ""
    asked = _people(last.reply_to or [{"address": last.sender, "name": last.sender_name}]) if last else []
    usual = [Person(wrote, last.sender_name)] if last and wrote else []
    each = [*asked, *usual, *([Person(known)] if known else [])]
    to = next((Person(line(one.address), one.name) for one in each if options.compared(one.address) not in own), None)
    copies: list[Person] = []
    if last and to and not alone and not last.auto and _is_newest(last, conversation.id, family, before):
        copies = _copies(last, own | {options.compared(to.address)})
    return Recipients(to, copies, last, wrote or known)


def _last_mail(conversation: UUID, family: list[UUID], before: int | None) -> Envelope | None:
    """Return the envelope of the customer's last mail; what was merged into the conversation counts when need be."""
    rows = Envelope.objects.select_related("message")
    rows = rows.filter(message__author_kind=Author.CUSTOMER, message__author__in=family)
    own = rows.filter(message__conversation=conversation)
    if before is not None:
        own = own.filter(message__position__lt=before)
    merged = rows.filter(message__conversation__merged_into=conversation)
    return own.order_by("-message__position").first() or merged.order_by("-message_id").first()


def _is_newest(last: Envelope, conversation: UUID, family: list[UUID], before: int | None) -> bool:
    """Is the mail what the customer said last? What they wrote on their page since is for nobody else."""
    said = Message.objects.filter(conversation=conversation, kind=MessageKind.PUBLIC)
    said = said.filter(author_kind=Author.CUSTOMER, author__in=family)
    if before is not None:
        said = said.filter(position__lt=before)
    newest = said.order_by("-position").values_list("id", flat=True).first()
    return newest is None or newest == last.message_id


def _people(given: Iterable[dict[str, str]]) -> list[Person]:
    return [Person(one["address"], one.get("name", "")) for one in given if addresses.email(one["address"])]


def _copies(last: Envelope, left_out: frozenset[str]) -> list[Person]:
    """Return who else was in the mail: no one twice, not its writer, no address of ours."""
    found: dict[str, Person] = {}
    for person in _people([*last.to, *last.cc]):
        compared = options.compared(person.address)
        if compared not in left_out and not customers.bounce_of(compared):
            found.setdefault(compared, Person(line(person.address), person.name))
    return list(found.values())[:MOST_COPIES]

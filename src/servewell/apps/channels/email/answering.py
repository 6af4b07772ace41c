"""When does a mailbox answer by itself? Once, to the first mail of a conversation that a person seems to have written.

Never to programs, lists, bounces, our own addresses or what comes back to us, and to nobody more than a few times in an
hour: two machines that answer each other would never stop. It says that nobody is there, outside the team's hours,
or that the mail has come.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from servewell.apps.base import addresses, clock, texts
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import options
from servewell.apps.channels.email.models import Envelope
from servewell.apps.channels.frame import answering as frame
from servewell.apps.channels.frame import links
from servewell.apps.channels.frame.kinds import Taken
from servewell.apps.channels.frame.models import Account
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.actions import Received
from servewell.apps.conversations.models import Conversation, Status
from servewell.apps.people import queries as people
from servewell.apps.people.errors import NoSuchHours

After = Callable[[Received | None], Received | None]


def with_answer(account: Account, taken: Taken) -> Taken:
    """Return what was read, with an answer to it in the transaction that receives it, if the mailbox gives any."""
    said = options.said(account)
    if taken.message is None or not (said["acknowledge"] or said["out_of_hours"]):
        return taken
    return replace(taken, after=partial(_answered, account, said, taken.after))


def _answered(
    account: Account, said: dict[str, Any], before: After | None, received: Received | None
) -> Received | None:
    instead = before(received) if before is not None else None
    became = instead or received
    if became is not None and became.is_new_conversation and not became.is_repeat:
        _answer(account, said, became)
    return instead


def _answer(account: Account, said: dict[str, Any], received: Received) -> None:
    envelope = Envelope.objects.filter(pk=received.message_id).first()
    if envelope is None or not _is_answered(envelope):
        return
    conversation = Conversation.objects.select_related("team").get(pk=received.conversation_id)
    kind = _kind(said, conversation)
    to = _written_to(envelope)
    if not kind or conversation.status == Status.CLOSED or not frame.may_answer(to, account):
        return
    with_link = bool(said["link"]) and to == options.compared(envelope.sender)
    conversations.acknowledge(SYSTEM, conversation.id, text=_words(kind, account, said, conversation, with_link))


def _is_answered(envelope: Envelope) -> bool:
    """May a machine of ours answer this mail at all?

    Not where it asks to be answered at another house: whoever wrote it could have us fill somebody's mailbox.
    """
    to = [one["address"] for one in envelope.reply_to] or [envelope.sender]
    known = all(addresses.email(address) for address in to)
    at_home = {_domain(address) for address in to} == {_domain(envelope.sender)}
    own = options.own_addresses() & set(map(options.compared, to))
    return not envelope.auto and known and at_home and not own


def _written_to(envelope: Envelope) -> str:
    """Return the address that gets the answer, as it compares: that one is counted."""
    return options.compared(envelope.reply_to[0]["address"] if envelope.reply_to else envelope.sender)


def _domain(address: str) -> str:
    return options.compared(address).rpartition("@")[2]


def _kind(said: dict[str, Any], conversation: Conversation) -> str:
    if said["out_of_hours"] and not _is_open(conversation):
        return "out_of_hours"
    return "acknowledge" if said["acknowledge"] else ""


def _is_open(conversation: Conversation) -> bool:
    """Is somebody of its team there by their hours? Of no team, or one without hours, somebody always is."""
    if conversation.team is None:
        return True
    try:
        return people.hours_of_team(conversation.team).is_open(clock.now())
    except NoSuchHours:
        return True


def _words(kind: str, account: Account, said: dict[str, Any], conversation: Conversation, with_link: bool) -> str:
    """Return what is said: our own words, or those of the house with their places filled."""
    language = texts.nearest(conversation.language or account.language)
    number = f"#{conversation.number}"
    link = links.link_of(conversation.id, language) if with_link else ""
    own = str(said[f"{kind}_{'zh' if language == texts.DEFAULT else 'en'}"] or "").strip()
    if own:
        return own.replace("{number}", number).replace("{link}", link)
    words = texts.say(f"channels_email.answer.{kind}", language, number=number)
    return words + ("\n\n" + texts.say("channels_email.answer.link", language, link=link) if link else "")

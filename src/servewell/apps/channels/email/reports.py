"""What follows from a report on one of our mails? Its message shows how far it got, its address that it is dead."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.email import bounces
from servewell.apps.channels.email.bounces import Report
from servewell.apps.channels.email.letters import Letter
from servewell.apps.channels.email.models import Envelope
from servewell.apps.channels.frame.kinds import Taken
from servewell.apps.channels.frame.models import Arrival
from servewell.apps.conversations import actions
from servewell.apps.conversations.actions import Received
from servewell.apps.conversations.models import Author, Delivery, Message
from servewell.apps.customers import actions as customers

_STATES = {bounces.BOUNCED: "failed", bounces.DELAYED: "sent", bounces.DELIVERED: "delivered", bounces.READ: "read"}


def read(letter: Letter) -> Taken | None:
    """Return what a report leads to; None for what is none."""
    report = bounces.read(letter.mail)
    if report is None:
        return None
    outcome = Arrival.Outcome.BOUNCE if report.kind == bounces.BOUNCED else Arrival.Outcome.REPORT
    if not report.messages:
        return Taken(outcome=outcome)
    return Taken(outcome=outcome, concerns=report.messages[0], after=partial(_note, report))


def _note(report: Report, received: Received | None) -> None:
    """Write what is known now. Whoever names a message of ours by its mail has had it from us: nobody else can."""
    if report.kind == bounces.BOUNCED and all(_went_to_another(report, message) for message in report.messages):
        report = replace(report, kind=bounces.DELAYED, code="copy", words=_in_words(report))
    sent = Message.objects.filter(pk__in=report.messages).exclude(author_kind=Author.CUSTOMER)
    for message, known, customer in sent.values_list("id", "delivery", "conversation__customer__root_id"):
        if known != Delivery.FAILED or report.kind == bounces.READ:  # that one of several got it is no success
            _deliver(report, message)
        if report.kind == bounces.BOUNCED and report.code in bounces.DEAD:
            customers.note_bounce(SYSTEM, customer, report.addresses, report.code)


def _went_to_another(report: Report, message: UUID) -> bool:
    """Did only copies of one of our mails come back: to people who stood beside the writer in the mail it answers?"""
    sent = Message.objects.filter(pk=message).values_list("conversation", "position").first()
    if sent is None or not report.failed:
        return False
    before = Envelope.objects.filter(message__conversation=sent[0], message__position__lt=sent[1])
    last = before.order_by("-message__position").first()
    if last is None:
        return False
    writer = {last.sender, *(one["address"] for one in last.reply_to)}
    return set(report.failed) <= {one["address"] for one in [*last.to, *last.cc]} - writer


def _in_words(report: Report) -> str:
    return f"{', '.join(report.failed)}: {report.words}"


def _deliver(report: Report, message: UUID) -> None:
    state = _STATES.get(report.kind)
    if state is None:
        return
    code = {bounces.BOUNCED: report.code, bounces.DELAYED: report.code or "delayed"}.get(report.kind, "")
    key = f"channels_email.bounce.{code}" if code else ""
    actions.deliver(SYSTEM, message, state, reason=report.words, code=key)

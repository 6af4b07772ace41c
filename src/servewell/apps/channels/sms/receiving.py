"""What does a gateway bring? What customers wrote, and how far our messages got; kept as it came, and read by a worker.

The name of an arrival says which: `message:<its id>` or `report:<id of ours over there>:<status>`, so that the same one
brought twice is one.
"""

from functools import partial
from uuid import UUID

from servewell.apps.base import ids
from servewell.apps.base.principal import SYSTEM
from servewell.apps.channels.frame import actions, options
from servewell.apps.channels.frame.kinds import Taken, Unfit
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.channels.sms import gateway
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.actions import InboundMessage, Received
from servewell.apps.conversations.models import Author, Message
from servewell.apps.customers.identities import Identity

_REPORT = "report:"
_PATIENCE = 2  # tries after which a report on a message that nobody knows is set aside: it may overtake our own call
_STATES = {
    "queued": "accepted acceptd queued pending scheduled buffered enroute processing",
    "sent": "sent submitted submittd dispatched",
    "delivered": "delivered delivrd success",
    "read": "read seen",
    "failed": "failed undelivered undelivd undeliv rejected rejectd expired deleted blocked error unknown",
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words.split()}


def kept(account: Account, what: str, body: bytes) -> bool:
    """Keep a call of the gateway, whatever it says; return whether it was new. `what`: message or report."""
    said = options.of(account)
    try:
        given = gateway.read(body)
    except gateway.Unreadable:  # a worker sets it aside, with words
        given = {}
    if what == "report":
        name = ":".join(given.get(said[key], "") for key in ("report_id", "report_status")) if given else ""
    else:
        name = given.get(said["in_id"], "") if said["in_id"] else ""
    sender = given.get(said["in_from"], "") if what == "message" else ""
    return actions.arrived(account, f"{what}:{name or ids.new()}", body, about=sender) is not None


def take(account: Account, arrival: Arrival, raw: bytes) -> Taken:
    """Read a call of the gateway; Unfit, and LookupError for a report on a message not known yet."""
    try:
        given = gateway.read(raw)
    except gateway.Unreadable as fault:
        raise Unfit("unreadable", str(fault)) from fault
    if arrival.external_id.startswith(_REPORT):
        return _report(account, arrival, given)
    return _message(account, arrival, given)


def source_of(account: Account) -> str:
    """Return within which a gateway's ids are unique."""
    return f"sms:{account.id}"


def _message(account: Account, arrival: Arrival, given: dict[str, str]) -> Taken:
    said = options.of(account)
    number, text = _bare(given.get(said["in_from"], "")), given.get(said["in_text"])
    if not number or text is None:
        raise Unfit("unreadable", _lacking(said["in_text"] if number else said["in_from"], given))
    if number == _bare(account.address):
        return Taken(outcome=Arrival.Outcome.OWN)
    message = InboundMessage(
        channel="sms",
        source=source_of(account),
        account=account.id,
        external_id=f"in:{given.get(said['in_id'], '') or arrival.id}",  # gateways number ours by themselves
        thread=number,
        identities=(Identity("phone", number),),
        text=text,
        recipient=given.get(said["in_to"], ""),
        default_team=account.team_id,
        occurred_at=arrival.arrived_at,
    )
    return Taken(message=message)


def _bare(number: str) -> str:
    """Return a number without what is only there to be read."""
    return "".join(char for char in number if char not in " -.()/\t\u00a0")


def _report(account: Account, arrival: Arrival, given: dict[str, str]) -> Taken:
    said = options.of(account)
    name, status = given.get(said["report_id"], ""), given.get(said["report_status"], "")
    state = _STATE_OF.get(status.strip().lower())
    if not name or state is None:
        words = f"{said['report_status']}: {status[:60]}" if name and status else ""
        lacking = said["report_status"] if name else said["report_id"]
        raise Unfit("unreadable", words or _lacking(lacking, given))
    ours = Message.objects.filter(source=source_of(account), external_id=name).exclude(author_kind=Author.CUSTOMER)
    message = ours.values_list("id", flat=True).first()
    if message is None:
        if arrival.attempt > _PATIENCE:
            raise Unfit("refused", f"no message of ours is called {name[:100]} there")
        raise LookupError("a report on a message that is not known yet")
    reason = given.get(said["report_reason"], "") if said["report_reason"] else ""
    return Taken(outcome=Arrival.Outcome.REPORT, concerns=message, after=partial(_deliver, message, state, reason))


def _lacking(name: str, given: dict[str, str]) -> str:
    """Name the parameter that is not there, and those that are: their names stand in the account."""
    return f"{name}? ({', '.join(sorted(given))[:300]})"


def _deliver(message: UUID, state: str, reason: str, received: Received | None) -> None:
    """Note how far it got; what waits over there has left us."""
    code = "channels_sms.fault.undelivered" if state == "failed" else ""
    conversations.deliver(SYSTEM, message, "sent" if state == "queued" else state, reason=reason, code=code)

"""Channels over HTTP: what there is, the accounts and how they are, what was set aside, and messages sent again."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Query, Router, Schema, Status

from servewell.apps.base import attachments, cursors
from servewell.apps.channels.frame import actions, health, kinds, queries, shown, undelivered
from servewell.apps.channels.frame.case import api as case
from servewell.apps.channels.frame.errors import RawGone
from servewell.apps.channels.frame.models import Arrival
from servewell.apps.journal.actions import log_access
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting, language_of

router = Router(tags=["channels"])
router.add_router("", case.router)
router.add_router("", undelivered.router)
READ, MANAGE = "channels.read", "channels.manage"
PAGE = 50
LIST = "channels.arrivals"  # whose cursors these are


class Choice(Schema):
    """One option of a choice."""

    code: str
    name: str


class OnlyWhen(Schema):
    """With which options of a choice a field applies."""

    field: str
    options: list[str]


class FieldOut(Schema):
    """One thing that is said about an account of a channel: a form is made from these."""

    key: str
    name: str
    hint: str
    kind: Literal["text", "lines", "secret", "number", "boolean", "choice", "colour", "url", "email", "list"]
    default: Any
    required: bool  # where it applies
    only_when: OnlyWhen | None  # null: always
    options: list[Choice]  # of a choice
    least: float | None  # of a number
    most: float | None  # of a number; characters of a text
    group: str
    group_name: str  # heading it stands under


class Kind(Schema):
    """A way of contact, in the reader's language."""

    code: str
    name: str
    hint: str
    speaks: str  # channel of its conversations
    can_check: bool
    address_name: str  # what an account's address is called here; "" where it is nothing in particular
    address_hint: str
    address_required: bool
    fields: list[FieldOut]


class Kinds(Schema):
    """Every channel that is installed."""

    items: list[Kind]


class AccountTeam(Schema):
    """A team."""

    id: UUID
    name: str


class AlertOut(Schema):
    """Something to look at, at an account that may work all the same."""

    code: str  # answers_stopped: an address got as many automatic answers as it may in an hour
    sentence: str
    since: datetime


class HealthOut(Schema):
    """How an account is."""

    state: Literal["ok", "failing", "paused", "new"]
    sentence: str
    words: str  # what the other side said
    since: datetime | None  # when it began to fail
    last_in_at: datetime | None
    last_out_at: datetime | None
    checked_at: datetime | None
    waiting_out: int  # messages that are to go out
    aside: int  # arrivals that a person has to look at
    waiting_in: int  # arrivals that nobody has read yet
    alerts: list[AlertOut]


class ExtraOut(Schema):
    """Something that a channel gives for use elsewhere: code to put into a page, an address to open."""

    key: str
    label: str
    hint: str
    text: str
    kind: Literal["code", "link"]


class AccountOut(Schema):
    """One mailbox, chat site, outside system or number."""

    id: UUID
    channel: str
    channel_name: str
    name: str
    address: str
    team: AccountTeam | None
    language: str
    state: Literal["active", "paused"]
    per_minute: int | None
    options: dict[str, Any]
    secrets: dict[str, bool]  # which are set; a secret itself is never given back
    version: int
    health: HealthOut
    extra: list[ExtraOut]  # the channel's own
    created_at: datetime


class Accounts(Schema):
    """Every account, oldest first."""

    items: list[AccountOut]


class NewAccount(Schema):
    """An account to make."""

    channel: str
    name: str
    address: str = ""
    team: UUID | None = None
    language: str | None = None
    per_minute: int | None = None
    options: dict[str, Any] = {}  # by key of the channel's fields, secrets too


class AccountChange(Schema):
    """What is to change of the version that was seen; what is left out stays.

    An option that is null goes back to its default, a secret that is null is cleared; one left blank stays.
    """

    version: int
    channel: str | None = None  # only to say the same again
    name: str | None = None
    address: str | None = None
    team: UUID | None = None
    language: str | None = None
    per_minute: int | None = None
    options: dict[str, Any] | None = None


class CheckedOut(Schema):
    """What the test button found."""

    ok: bool
    sentence: str
    words: str  # of the other side
    account: AccountOut  # as it is now


class ArrivalAccount(Schema):
    """By which account something came."""

    id: UUID
    name: str
    channel: str


class ArrivalOut(Schema):
    """Something that came in raw."""

    id: UUID
    account: ArrivalAccount
    state: Literal["waiting", "taken", "passed", "aside", "discarded"]
    outcome: str  # a code: why it is no message
    sentence: str  # the same in words
    words: str
    about: str  # a line to know it by
    size: int  # bytes
    attempt: int
    has_raw: bool  # is it still kept as it came?
    conversation: UUID | None
    message: UUID | None
    arrived_at: datetime
    settled_at: datetime | None


class Arrivals(Schema):
    """A page of arrivals, newest first."""

    items: list[ArrivalOut]
    next: str | None  # cursor


class ArrivalsAsked(Schema):
    """What a list of arrivals is narrowed to."""

    account: UUID | None = None
    state: Literal["waiting", "taken", "passed", "aside", "discarded"] = "aside"
    cursor: str | None = None


class Retried(Schema):
    """How much is read again."""

    retried: int


class OnItsWay(Schema):
    """How far a message of ours got."""

    id: UUID
    delivery: Literal["queued", "sent", "delivered", "read", "failed"]
    sentence: str  # why it waits or failed
    words: str  # the same in words of the other side
    attempts: int  # so far; 0 again two weeks after it was sent, when its call is forgotten
    next_try_at: datetime | None  # while it waits
    can_send_again: bool


@router.get("/kinds", response=Kinds)
def list_kinds(request: HttpRequest) -> dict[str, Any]:
    """List the channels, with what is to be said about an account of each."""
    permissions.demand(acting(request), READ)
    return {"items": [shown.kind(channel, language_of(request)) for channel in kinds.every()]}


@router.get("/accounts", response=Accounts)
def list_accounts(request: HttpRequest) -> dict[str, Any]:
    """List every account and how it is."""
    permissions.demand(acting(request), READ)
    return {"items": shown.accounts(queries.accounts(), language_of(request))}


@router.post("/accounts", response={201: AccountOut})
def create_account(request: HttpRequest, body: NewAccount) -> Status[dict[str, Any]]:
    """Make an account; it is used at once."""
    given = body.model_dump(exclude={"channel"}, exclude_unset=True)
    made = actions.create(acting(request), body.channel, {k: v for k, v in given.items() if k != "language" or v})
    return Status(201, _account(request, made.id))


@router.get("/accounts/{account_id}", response=AccountOut)
def read_account(request: HttpRequest, account_id: UUID) -> dict[str, Any]:
    """Return one account and how it is."""
    permissions.demand(acting(request), READ)
    return _account(request, account_id)


@router.patch("/accounts/{account_id}", response=AccountOut)
def change_account(request: HttpRequest, account_id: UUID, body: AccountChange) -> dict[str, Any]:
    """Change an account; connections of it are made anew."""
    given = body.model_dump(exclude={"version"}, exclude_unset=True)
    actions.change(acting(request), account_id, body.version, given)
    return _account(request, account_id)


@router.delete("/accounts/{account_id}", response={204: None})
def remove_account(request: HttpRequest, account_id: UUID) -> None:
    """Take an account away; its conversations stay, and what waited to go out by it fails, in words."""
    actions.remove(acting(request), account_id)


@router.post("/accounts/{account_id}/pause", response=AccountOut)
def pause_account(request: HttpRequest, account_id: UUID) -> dict[str, Any]:
    """Fetch and send nothing until it is let go on."""
    actions.pause(acting(request), account_id)
    return _account(request, account_id)


@router.post("/accounts/{account_id}/resume", response=AccountOut)
def resume_account(request: HttpRequest, account_id: UUID) -> dict[str, Any]:
    """Let a paused account go on."""
    actions.resume(acting(request), account_id)
    return _account(request, account_id)


@router.post("/accounts/{account_id}/check", response=CheckedOut)
def check_account(request: HttpRequest, account_id: UUID) -> dict[str, Any]:
    """Try an account as it stands: connect, sign in, whatever its channel does. Takes no Idempotency-Key."""
    permissions.demand(acting(request), MANAGE)
    row, language = queries.account(account_id), language_of(request)
    found = actions.check(acting(request), row)
    told = {"ok": found.ok, "sentence": health.checked(row, found, language), "words": found.words}
    return {**told, "account": _account(request, account_id)}


@router.post("/accounts/{account_id}/arrivals/retry", response=Retried)
def retry_arrivals(request: HttpRequest, account_id: UUID) -> dict[str, int]:
    """Let what was set aside of an account be read again, the 1,000 oldest at once; call it until it says 0."""
    return {"retried": actions.retry_all(acting(request), account_id)}


@router.get("/arrivals", response=Arrivals)
def list_arrivals(request: HttpRequest, asked: Annotated[ArrivalsAsked, Query()]) -> dict[str, Any]:
    """List what arrived and, unless another state is asked for, was set aside, newest first, 50 a page."""
    principal = acting(request)
    permissions.demand(principal, READ)
    log_access(principal, "arrival", asked.account, "arrival.listed")
    rows = queries.arrivals(asked.account, asked.state)
    if asked.cursor:
        rows = rows.filter(id__lt=cursors.decode(asked.cursor, LIST)[0])
    found: list[Arrival] = list(rows[: PAGE + 1])
    more = len(found) > PAGE
    return {
        "items": [shown.arrival(row, language_of(request)) for row in found[:PAGE]],
        "next": cursors.encode((found[PAGE - 1].id,), LIST) if more else None,
    }


@router.get("/arrivals/{arrival_id}", response=ArrivalOut)
def read_arrival(request: HttpRequest, arrival_id: UUID) -> dict[str, Any]:
    """Return one arrival, without its content; who read the line it is known by is remembered."""
    principal = acting(request)
    permissions.demand(principal, READ)
    row = queries.arrival(arrival_id)
    log_access(principal, "arrival", row.id, "arrival.read")
    return shown.arrival(row, language_of(request))


@router.get("/arrivals/{arrival_id}/raw")
def download_arrival(request: HttpRequest, arrival_id: UUID) -> FileResponse:
    """Download an arrival as it came, as a file that nothing opens or runs; who did is remembered."""
    principal = acting(request)
    permissions.demand(principal, MANAGE)
    row = queries.arrival(arrival_id)
    if row.raw_id is None:
        raise RawGone
    _, file = attachments.open(row.raw_id)
    log_access(principal, "arrival", row.id, "arrival.fetched")
    return _as_download(FileResponse(file, content_type="text/plain; charset=utf-8"), f"{row.id}.txt")


@router.post("/arrivals/{arrival_id}/retry", response=ArrivalOut)
def retry_arrival(request: HttpRequest, arrival_id: UUID) -> dict[str, Any]:
    """Let what was set aside be read again."""
    actions.retry(acting(request), arrival_id)
    return shown.arrival(queries.arrival(arrival_id), language_of(request))


@router.post("/arrivals/{arrival_id}/discard", response=ArrivalOut)
def discard_arrival(request: HttpRequest, arrival_id: UUID) -> dict[str, Any]:
    """Throw away what was set aside."""
    actions.discard(acting(request), arrival_id)
    return shown.arrival(queries.arrival(arrival_id), language_of(request))


@router.get("/messages/{message_id}", response=OnItsWay)
def read_message(request: HttpRequest, message_id: UUID) -> dict[str, Any]:
    """Tell how far a message of ours got, why it waits or failed, and when it is tried next."""
    return shown.on_its_way(queries.sent_message(acting(request), message_id), language_of(request))


@router.post("/messages/{message_id}/send", response={202: None})
def send_message(request: HttpRequest, message_id: UUID) -> Status[None]:
    """Send a message again that failed."""
    actions.send_again(acting(request), message_id)
    return Status(202, None)


def _account(request: HttpRequest, account_id: UUID) -> dict[str, Any]:
    return shown.account(queries.account(account_id), language_of(request))


def _as_download(response: FileResponse, name: str) -> FileResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

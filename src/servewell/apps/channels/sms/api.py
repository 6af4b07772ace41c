"""What gateways call: a customer wrote, or a message of ours got somewhere. Each call carries the account's secret."""

import base64
import binascii
import hmac
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from servewell.apps.channels.frame import options, queries
from servewell.apps.channels.frame.errors import NoSuchAccount
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.sms import receiving
from servewell.apps.channels.sms.errors import NotTheGateway

router = Router()


class Kept(Schema):
    """The call was kept; a worker reads it within a second."""

    new: bool  # False: it had come before


@router.post("/{uuid:account_id}/incoming", response=Kept, auth=None)
def take_message(request: HttpRequest, account_id: UUID) -> dict[str, bool]:
    """Bring what a customer wrote, as JSON or as a form, with the names that the account says.

    The secret stands in `Authorization`: `Bearer <secret>`, or the password of `Basic`. A call that cannot be read is
    kept too, and set aside for a person.
    """
    return {"new": receiving.kept(_gateways(request, account_id), "message", request.body)}


@router.post("/{uuid:account_id}/report", response=Kept, auth=None)
def take_report(request: HttpRequest, account_id: UUID) -> dict[str, bool]:
    """Report how far a message of ours got; the secret stands where that of `incoming` does."""
    return {"new": receiving.kept(_gateways(request, account_id), "report", request.body)}


def _gateways(request: HttpRequest, account_id: UUID) -> Account:
    """Return the account whose secret the call carries; NotTheGateway, also where there is none of this id."""
    try:
        account = queries.account(account_id)
    except NoSuchAccount:
        raise NotTheGateway from None
    if account.channel != "sms":
        raise NotTheGateway
    wanted = options.of(account).get("callback_secret", "").encode()
    if not wanted or not hmac.compare_digest(_given(request), wanted):
        raise NotTheGateway
    return account


def _given(request: HttpRequest) -> bytes:
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return rest.strip().encode("utf-8", "replace")
    if kind.lower() != "basic":
        return b""
    try:
        return base64.b64decode(rest.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""

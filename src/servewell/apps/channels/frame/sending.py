"""How does what one of us wrote get to the customer? Through the outbox, by the channel of its conversation.

1. The reply's transaction puts a call (`listeners.py`); calls of one conversation are made in their order.
2. A worker finds by which account it goes (`routes.py`). A paused account's wait; each account keeps its pace.
3. The channel sends, outside any transaction, always with the same key.
4. What came of it is written with the end of the call: sent; or queued still, with the reason in words and a next try;
   or failed, which the agent sees and can mend (`actions.send_again`).
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from servewell.apps.base import clock, outbox, secrets
from servewell.apps.base.errors import NotNow, OutsideFailure
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.channels.frame import calls, faults, kinds, pace, routes
from servewell.apps.channels.frame.actions import health, sending
from servewell.apps.channels.frame.calls import KIND
from servewell.apps.channels.frame.kinds import Channel, SendFailed, Sent
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.frame.routes import Route

__all__ = ["KIND", "send"]
_PAUSED_FOR = timedelta(hours=1)  # resuming does not wait for it
_RESTS = (timedelta(seconds=5), timedelta(minutes=5))  # of an account that cannot send: at first, and at most

_log = structlog.get_logger(__name__)


def send(item: OutboxItem) -> outbox.Settle | None:
    """Make one call; SendFailed, NotNow."""
    route = routes.of(item)
    if route is None:
        return None  # erased, or settled by a report meanwhile: nothing to send
    account, channel = _demand_way(route)
    if account.state == Account.State.PAUSED:
        raise NotNow(clock.now() + _PAUSED_FOR)
    if channel.send is None:
        return partial(sending.sent, account, route.message_id, Sent())
    _keep_pace(account, item)
    return partial(sending.sent, account, route.message_id, _handed_over(channel, account, route, item))


def given_up(item: OutboxItem, reason: str, fault: Exception | None) -> None:
    """Tell the agents that a message did not go out and why, in the transaction that parks its call."""
    code, words = routes.told(fault)
    for_good = isinstance(fault, OutsideFailure) and fault.permanent
    sending.failed(item, code if for_good else "channels.fault.given_up", words)


def _demand_way(route: Route) -> tuple[Account, Channel]:
    """Return by which account and channel it goes; SendFailed for good where there is none."""
    if route.account is None:
        raise SendFailed("channels.fault.no_account", permanent=True)
    if route.account.removed_at is not None:
        raise SendFailed("channels.fault.account_removed", permanent=True)
    try:
        return route.account, kinds.of(route.account.channel)
    except KeyError:
        raise SendFailed("channels.fault.channel_gone", permanent=True) from None


def _keep_pace(account: Account, item: OutboxItem) -> None:
    """Wait for the message's turn; NotNow carries when that is, so that it is asked for once."""
    if account.per_minute is None:
        return
    turn = _turn_of(item) or pace.next_turn(account.id, account.per_minute)
    if turn > clock.now():
        raise NotNow(turn, {"turn": {"attempt": item.attempt, "at": turn.isoformat()}})


def _turn_of(item: OutboxItem) -> datetime | None:
    """Return the turn that was given to this try; a further try needs one of its own."""
    known = item.payload.get("turn") or {}
    return datetime.fromisoformat(known["at"]) if known.get("attempt") == item.attempt else None


def _handed_over(channel: Channel, account: Account, route: Route, item: OutboxItem) -> Sent:
    assert channel.send is not None  # noqa: S101 - for mypy
    try:
        return channel.send(account, routes.outgoing(route, item))
    except Exception as fault:
        failure = _explained(account, route, fault)
        _note_failure(account, route, failure)
        raise failure from fault


def _explained(account: Account, route: Route, fault: Exception) -> SendFailed:
    """Return what went wrong with the key of a sentence that says so."""
    if isinstance(fault, OutsideFailure):
        code, words = routes.told(fault, channel=account.channel)
        whole = getattr(fault, "whole", False)
        return SendFailed(code, words, permanent=fault.permanent, wait=fault.wait, whole=whole)
    if isinstance(fault, secrets.Unopenable):
        return SendFailed("channels.fault.secret", permanent=False, whole=True)
    _log.error("message not sent", message=str(route.message_id), account=str(account.id), **faults.traced(fault))
    return SendFailed("channels.fault.broke", type(fault).__name__, permanent=False)


def _note_failure(account: Account, route: Route, failure: SendFailed) -> None:
    """Say why it waits; where the whole account cannot send, let its other messages wait too, untried."""
    if failure.whole:
        health.fails(account.id, failure.code.removeprefix(f"channels_{account.channel}.fault."), failure.words)
        calls.put_off(account.id, clock.now() + _rest(account))
    if not failure.permanent:
        sending.waits(route.message_id, failure.code, failure.words)


def _rest(account: Account) -> timedelta:
    """Return how long an account that cannot send is left alone: as long as it has failed so far, within limits."""
    since: Any = account.failing_since
    failed_for = clock.now() - since if since else timedelta()
    return min(max(failed_for, _RESTS[0]), _RESTS[1])


outbox.handler(KIND, lease_s=kinds.LEASE_S, given_up=given_up)(send)

"""What can be done with webhooks? Each verb changes state and records its event in one transaction."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from servewell.apps.base import cleaning, clock, ids, outbox, secrets, settings, signing, ssrf, waiting
from servewell.apps.base.outbox import OutboxItem
from servewell.apps.base.principal import SYSTEM, Principal
from servewell.apps.journal.actions import log_access, record
from servewell.apps.journal.events import Actor, Event
from servewell.apps.people import permissions
from servewell.apps.people.errors import NotAllowed
from servewell.apps.webhooks import events, listeners, queries
from servewell.apps.webhooks.errors import IsPaused, NoSuchDelivery, StillTwoSecrets, TooMany, UnknownEvents
from servewell.apps.webhooks.models import LONGEST_DESCRIPTION, LONGEST_URL, Attempt, Subscription
from servewell.apps.webhooks.options import PAUSE_AFTER_DAYS
from servewell.apps.webhooks.sending import Outcome, Result
from servewell.apps.webhooks.wanted import wishes

VERB = "webhooks.manage"
CONTENT_VERBS = ("conversations.read", "customers.read")  # for a webhook with content, everywhere
MOST = 50  # webhooks: each that wants an event costs the change that caused it a statement
_FIRST_REST_S, _LONGEST_REST_S = 1.0, 300.0
_FEW = 5  # failures in a row, below which no webhook is paused however long ago the first was
_SOMEWHERE = ["93.184.215.14"]  # an address outside, assumed for every name: when it is called it is looked up


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook with a secret that is shown this once."""

    subscription: Subscription
    secret: str


@transaction.atomic
def create(
    principal: Principal, url: str, *, names: Iterable[str] = (), description: str = "", content: bool = False
) -> Made:
    """Make a webhook for these events (none: all); AddressRefused, UnknownEvents, TooMany, TextTooLong."""
    permissions.demand(principal, VERB)
    if content:
        _demand_content(principal)
    if Subscription.objects.count() >= MOST:
        raise TooMany(most=MOST)
    secret = signing.fresh_secret()
    made = Subscription.objects.create(
        url=_address(url),
        events=_known(names),
        description=cleaning.line(description, most=LONGEST_DESCRIPTION),
        content=content,
        sealed_secret=secrets.seal(secret),
        created_by=principal.id,
    )
    _note(principal, events.CREATED.name, made.id)
    return Made(made, secret)


@transaction.atomic
def change(principal: Principal, webhook_id: UUID, changes: dict[str, Any]) -> Subscription:
    """Change url, events, description or content; what is not named stays. Errors as of `create`."""
    permissions.demand(principal, VERB)
    row = queries.locked(webhook_id)
    fit: dict[str, Callable[[Any], Any]] = {
        "url": _address,
        "events": _known,
        "description": _description,
        "content": bool,
    }
    wanted = {name: fit[name](value) for name, value in changes.items()}
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if wanted.get("content", row.content) and {"url", "content"} & {*changed}:
        _demand_content(principal)
    for name in changed:
        setattr(row, name, wanted[name])
    if "url" in changed:
        row.failures, row.failing_since, row.try_at = 0, None, None  # another receiver
    if changed:
        row.changed_at = clock.now()
        row.save()
        _note(principal, events.CHANGED.name, row.id, fields=sorted(changed))
    return row


@transaction.atomic
def alter(principal: Principal, webhook_id: UUID, changes: dict[str, Any]) -> Subscription:
    """Change a webhook and pause it or let it go on (`state`), all or nothing; errors as of `create`."""
    given = dict(changes)
    state = given.pop("state", None)
    row = change(principal, webhook_id, given)
    if state is None:
        return row
    return (pause if state == Subscription.State.PAUSED else resume)(principal, webhook_id)


@transaction.atomic
def remove(principal: Principal, webhook_id: UUID) -> int:
    """Delete a webhook, its log and its calls that wait or were given up; return how many calls."""
    permissions.demand(principal, VERB)
    row = queries.locked(webhook_id)
    dropped, _ = queries.unsettled(row.id).delete()
    _note(principal, events.REMOVED.name, row.id, dropped=dropped)
    row.delete()
    return dropped


@transaction.atomic
def pause(principal: Principal, webhook_id: UUID) -> Subscription:
    """Make no more calls; those that wait are given up when their turn comes, and can be replayed."""
    permissions.demand(principal, VERB)
    row = queries.locked(webhook_id)
    return row if row.is_paused else _pause(principal, row, Subscription.Reason.BY_HAND)


@transaction.atomic
def resume(principal: Principal, webhook_id: UUID) -> Subscription:
    """Make calls again, from the next event on."""
    permissions.demand(principal, VERB)
    row = queries.locked(webhook_id)
    if row.is_paused:
        row.state, row.reason = Subscription.State.ACTIVE, Subscription.Reason.NONE
        row.failures, row.failing_since, row.try_at = 0, None, None
        row.changed_at = clock.now()
        row.save()
        _note(principal, events.RESUMED.name, row.id)
    return row


@transaction.atomic
def give_up(webhook_id: UUID, reason: str) -> None:
    """Pause a webhook whose receiver is gone or fails for days."""
    row = queries.locked(webhook_id)
    if not row.is_paused:
        _pause(SYSTEM, row, reason)


@transaction.atomic
def rotate(principal: Principal, webhook_id: UUID, overlap_h: int = 24) -> Made:
    """Give a webhook a new secret; for `overlap_h` hours (0 to 168) calls are signed with the old one too.

    StillTwoSecrets while another old one is still good: a third would shut its receivers out before their time.
    """
    permissions.demand(principal, VERB)
    row, secret = queries.locked(webhook_id), signing.fresh_secret()
    if row.old_secret_until is not None and row.old_secret_until > clock.now():
        raise StillTwoSecrets(until=row.old_secret_until.isoformat(timespec="minutes"))
    row.sealed_old_secret, row.sealed_secret = row.sealed_secret, secrets.seal(secret)
    row.old_secret_until = clock.now() + timedelta(hours=overlap_h)
    row.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
    _note(principal, events.ROTATED.name, row.id, overlap_h=overlap_h)
    return Made(row, secret)


@transaction.atomic
def ping(principal: Principal, webhook_id: UUID) -> UUID:
    """Make a call that tells nothing, to try a receiver, paused or not; return its delivery's id: it is tried once."""
    permissions.demand(principal, VERB)
    row, fresh = queries.locked(webhook_id), ids.new()
    moment = clock.now().isoformat().replace("+00:00", "Z")
    message = {"id": str(fresh), "type": listeners.PING, "occurred_at": moment, "data": {}}
    delivery = outbox.put(listeners.KIND, {"subscription": str(row.id), "message": message}, key=f"{row.id}:{fresh}")
    _note(principal, events.PINGED.name, row.id)
    return delivery


@transaction.atomic
def replay(principal: Principal, webhook_id: UUID, delivery: UUID | None = None) -> int:
    """Try again what was given up, one call or all of the webhook's, in their order; return how many.

    Each goes out with the id it had, so that a receiver that did get it can drop it. IsPaused, NoSuchDelivery.
    """
    permissions.demand(principal, VERB)
    row = queries.locked(webhook_id)
    if row.is_paused:
        raise IsPaused
    wanted = queries.dead_letters(row.id)
    count = outbox.retry_all(wanted if delivery is None else wanted.filter(id=delivery))
    if delivery is not None and not count:
        raise NoSuchDelivery
    if count:
        _note(principal, events.REPLAYED.name, row.id, deliveries=count)
    return count


def note_success(subscription: Subscription, item: OutboxItem, result: Result, *, told: bool) -> None:
    """Log a call that came through, in its settling transaction: the webhook is well; `told` says whether data went."""
    _log(subscription, item, result)
    well = {"failures": 0, "failing_since": None, "try_at": None, "delivered_at": clock.now()}
    Subscription.objects.filter(pk=subscription.pk).update(**well)
    if told:
        about = item.payload["message"]["data"].get("customer")
        log_access(SYSTEM, "customer", UUID(about) if about else None, "webhook.content")


@transaction.atomic
def note_failure(subscription: Subscription, item: OutboxItem, result: Result) -> None:
    """Log a call that did not come through; pause the webhook if its receiver is gone, or has failed for days."""
    _log(subscription, item, result)
    if item.payload["message"]["type"] == listeners.PING or result.outcome is Outcome.REFUSED:
        return  # says nothing about other calls
    if result.outcome is Outcome.GONE:
        give_up(subscription.pk, Subscription.Reason.GONE)
        return
    now, failures = clock.now(), subscription.failures + 1
    try_at = now + max(_rest(failures), result.wait)
    since = Coalesce(F("failing_since"), Value(now))
    Subscription.objects.filter(pk=subscription.pk).update(
        failures=F("failures") + 1, failing_since=since, try_at=try_at
    )
    others = queries.unsettled(subscription.pk).exclude(payload__message__type=listeners.PING)
    outbox.put_off(others, try_at)  # at once, or each of ten thousand would be claimed
    failing_for = now - (subscription.failing_since or now)
    if failures >= _FEW and failing_for >= timedelta(days=settings.get(PAUSE_AFTER_DAYS.name)):
        give_up(subscription.pk, Subscription.Reason.FAILING)


def _rest(failures: int) -> timedelta:
    """Return how long a webhook that fails is left alone: 1 s doubled each time, at most 5 minutes, less by lot."""
    longest = waiting.doubled(_FIRST_REST_S, failures - 1, _LONGEST_REST_S)
    return timedelta(seconds=longest * (1 - random.random() / 2))  # noqa: S311 - no secret: a lot


def _log(subscription: Subscription, item: OutboxItem, result: Result) -> None:
    Attempt.objects.create(
        subscription=subscription,
        delivery=item.id,
        message=item.payload["message"]["id"],
        event=item.payload["message"]["type"],
        number=item.attempt,
        outcome=result.outcome,
        status=result.status,
        duration_ms=result.duration_ms,
        response=result.response,
    )


def _pause(principal: Principal, row: Subscription, reason: str) -> Subscription:
    row.state, row.reason, row.changed_at = Subscription.State.PAUSED, reason, clock.now()
    row.save(update_fields=["state", "reason", "changed_at"])
    _note(principal, events.PAUSED.name, row.id, reason=str(reason))
    return row


def _demand_content(principal: Principal) -> None:
    """Refuse whoever could not read it all themselves to have it sent to an address; NotAllowed."""
    for verb in CONTENT_VERBS:
        if permissions.scope_of(principal, verb) != permissions.ALL:
            raise NotAllowed(verb=verb)


def _address(url: str) -> str:
    """Refuse what can never be called; a name is looked up when it is called, each time anew."""
    clean = cleaning.line(url, most=LONGEST_URL)
    ssrf.check(clean, resolve=lambda host, port: _SOMEWHERE)
    return clean


def _known(names: Iterable[str]) -> list[str]:
    wanted = sorted(set(names))
    unknown = sorted(set(wanted) - set(listeners.heard()))
    if unknown:
        raise UnknownEvents(events=", ".join(unknown[:10]))
    return wanted


def _description(words: str) -> str:
    return cleaning.line(words, most=LONGEST_DESCRIPTION)


def _note(principal: Principal, name: str, webhook: UUID, **attributes: Any) -> None:
    record(Event(name=name, actor=Actor.of(principal), attributes={"webhook": webhook, **attributes}))
    transaction.on_commit(partial(wishes.forget))

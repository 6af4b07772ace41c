"""Accounts: made, changed, paused, let go on, removed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from servewell.apps.base import cleaning, clock, texts
from servewell.apps.base.errors import TextTooLong
from servewell.apps.base.principal import Principal
from servewell.apps.channels.frame import calls, events, forms, kinds, options, queries
from servewell.apps.channels.frame.actions._shared import MANAGE, locked, note
from servewell.apps.channels.frame.errors import BadOption, ChangedMeanwhile, NoSuchChannel
from servewell.apps.channels.frame.forms import Filled
from servewell.apps.channels.frame.models import Account
from servewell.apps.people import permissions
from servewell.apps.people.models import Team

_FASTEST = 10_000  # messages a minute
_FRESH = {"failing_since": None, "fault": "", "fault_words": "", "checked_at": None}  # how it is, is to be seen anew


@transaction.atomic
def create(principal: Principal, channel: str, given: Mapping[str, Any]) -> Account:
    """Make an account of a channel; `given` has name, address, team, language, per_minute, options, as far as wanted.

    NoSuchChannel, BadOption.
    """
    permissions.demand(principal, MANAGE)
    _channel(channel)
    fresh = Account(channel=channel)
    _fit(fresh, {"name": "", "options": {}, **given})
    _save(fresh)
    note(principal, events.ACCOUNT_CREATED, fresh.id)
    return fresh


@transaction.atomic
def change(principal: Principal, account_id: UUID, version: int, given: Mapping[str, Any]) -> Account:
    """Change what is given of the version that was seen; what was waiting is tried with it at once.

    ChangedMeanwhile when somebody saved in between: it names what they changed and what is there now, and nothing is
    written. NoSuchAccount, BadOption.
    """
    permissions.demand(principal, MANAGE)
    account = locked(account_id)
    if given.get("channel", account.channel) != account.channel:
        raise BadOption(field="channel", reason="fixed")
    if account.version != version:
        raise _outdated(account, version, given)
    before = dict(account.options)
    changed = _fit(account, given)
    if changed:
        for column, value in _FRESH.items():
            setattr(account, column, value)
        account.version, account.changed_at = account.version + 1, clock.now()
        _save(account)
        _follow(account, before)
        calls.hurry(account.id)
        note(principal, events.ACCOUNT_CHANGED, account.id, fields=changed, version=account.version)
    return account


@transaction.atomic
def pause(principal: Principal, account_id: UUID) -> Account:
    """Fetch and send nothing until it is let go on; what waits keeps waiting."""
    permissions.demand(principal, MANAGE)
    account = locked(account_id)
    if account.state != Account.State.PAUSED:
        _enter(account, Account.State.PAUSED)
        note(principal, events.ACCOUNT_PAUSED, account.id)
    return account


@transaction.atomic
def resume(principal: Principal, account_id: UUID) -> Account:
    """Let a paused account go on; what waits goes out at once."""
    permissions.demand(principal, MANAGE)
    account = locked(account_id)
    if account.state == Account.State.PAUSED:
        _enter(account, Account.State.ACTIVE)
        calls.hurry(account.id)
        note(principal, events.ACCOUNT_RESUMED, account.id)
    return account


@transaction.atomic
def remove(principal: Principal, account_id: UUID) -> Account:
    """Take an account away; its conversations keep naming it, and its secrets are forgotten.

    What waits to go out is tried at once, so that the agents soon hear, message by message, that it failed and why.
    """
    permissions.demand(principal, MANAGE)
    account = locked(account_id)
    account.removed_at, account.sealed = clock.now(), ""
    account.version, account.changed_at = account.version + 1, clock.now()
    account.save(update_fields=["removed_at", "sealed", "version", "changed_at"])
    calls.hurry(account.id)
    note(principal, events.ACCOUNT_REMOVED, account.id)
    return account


def _follow(account: Account, before: Mapping[str, Any]) -> None:
    channel = _channel(account.channel)
    if channel.changed is not None:
        channel.changed(account, before)


def _enter(account: Account, state: str) -> None:
    account.state, account.version, account.changed_at = state, account.version + 1, clock.now()
    account.save(update_fields=["state", "version", "changed_at"])


def _channel(code: str) -> kinds.Channel:
    try:
        return kinds.of(code)
    except KeyError:
        raise NoSuchChannel from None


def _fit(account: Account, given: Mapping[str, Any]) -> list[str]:
    """Put what was given on an account that is yet to be saved; return which fields differ, secrets by that word."""
    channel, before = _channel(account.channel), _shown(account)
    for field, read in _COLUMNS.items():
        if field in given:
            setattr(account, "team_id" if field == "team" else field, read(account, given[field]))
    known = Filled(account.options, options.opened(account) if _opens(account) else {})
    form = forms.filled(account.channel, channel.fields, given.get("options") or {}, known)
    if channel.fits is not None:
        defaults = {field.key: field.default for field in channel.fields}
        channel.fits(account, {**defaults, **form.options, **form.secrets})
    account.options = form.options
    if form.secrets != known.secrets:
        account.sealed = options.sealed(form.secrets)
    after = _shown(account)
    return [field for field in events.FIELDS if before[field] != after[field]]


def _opens(account: Account) -> bool:
    """Can the secrets be opened? Those that cannot are as good as not set: they must be entered again."""
    return queries.opens(account)


def _shown(account: Account) -> dict[str, Any]:
    return {
        **{field: getattr(account, field) for field in ("name", "address", "language", "per_minute")},
        "team": account.team_id,
        "options": dict(account.options),
        "secrets": account.sealed,
    }


def _outdated(account: Account, version: int, given: Mapping[str, Any]) -> ChangedMeanwhile:
    """Say what is there now; of secrets only that they were changed."""
    changed = queries.changed_since(account.id, version)
    present = {**_shown(account), "team": str(account.team_id) if account.team_id else None}
    wanted = {*changed, *given} & present.keys() - {"secrets"}
    return ChangedMeanwhile(version=account.version, changed=changed, now={name: present[name] for name in wanted})


def _save(account: Account) -> None:
    """Store it; BadOption when its address is another's."""
    others = Account.objects.filter(channel=account.channel, address=account.address, removed_at=None)
    if account.address and others.exclude(pk=account.pk).exists():
        raise BadOption(field="address", reason="taken")
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as fault:  # somebody took the address between the look and now
        if "channels_account_address" not in str(fault):
            raise
        raise BadOption(field="address", reason="taken") from fault


def _name(account: Account, entered: Any) -> str:
    shown = _line("name", entered, most=80)
    if not shown:
        raise BadOption(field="name", reason="required")
    return shown


def _address(account: Account, entered: Any) -> str:
    return _line("address", entered, most=320)


def _line(field: str, entered: Any, *, most: int) -> str:
    if not isinstance(entered, str):
        raise BadOption(field=field, reason="not_text")
    try:
        return cleaning.line(entered, most=most)
    except TextTooLong as fault:
        raise BadOption(field=field, reason="too_long", limit=most) from fault


def _team(account: Account, entered: UUID | None) -> UUID | None:
    if entered is None or entered == account.team_id:
        return entered
    if not Team.objects.filter(pk=entered, archived_at=None).exists():
        raise BadOption(field="team", reason="no_such_team")
    return entered


def _language(account: Account, entered: Any) -> str:
    if entered not in texts.LANGUAGES:
        raise BadOption(field="language", reason="not_language", options=list(texts.LANGUAGES))
    return str(entered)


def _per_minute(account: Account, entered: Any) -> int | None:
    if entered is None:
        return None
    if isinstance(entered, bool) or not isinstance(entered, int):
        raise BadOption(field="per_minute", reason="not_whole")
    if not 1 <= entered <= _FASTEST:
        reason, limit = ("too_small", 1) if entered < 1 else ("too_large", _FASTEST)
        raise BadOption(field="per_minute", reason=reason, limit=limit)
    return entered


_COLUMNS = {
    "name": _name,
    "address": _address,
    "team": _team,
    "language": _language,
    "per_minute": _per_minute,
}

"""How do channels, accounts and arrivals look from outside? In the reader's language; never with a secret."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from servewell.apps.base import texts
from servewell.apps.channels.frame import health, kinds, options, queries
from servewell.apps.channels.frame.health import Backlog
from servewell.apps.channels.frame.kinds import Channel, Field
from servewell.apps.channels.frame.models import Account, Arrival
from servewell.apps.conversations.models import Delivery, Message

Shown = dict[str, Any]


def kind(channel: Channel, language: str) -> Shown:
    """Return what a channel says about itself."""
    room = f"channels_{channel.code}"
    return {
        "code": channel.code,
        "name": name_of(channel.code, language),
        "hint": _said(f"{room}.hint", language),
        "speaks": channel.speaks,
        "can_check": channel.check is not None,
        "address_name": _said(f"{room}.field.address", language),
        "address_hint": _said(f"{room}.hint.address", language),
        "address_required": channel.needs_address,
        "fields": [_field(room, field, language) for field in channel.fields],
    }


def accounts(rows: Iterable[Account], language: str) -> list[Shown]:
    """Return accounts with how they are."""
    backlogs = health.backlogs()
    return [account(row, language, backlogs.get(row.id, Backlog())) for row in rows]


def account(row: Account, language: str, backlog: Backlog | None = None) -> Shown:
    """Return one account with how it is."""
    known = backlog if backlog is not None else health.backlogs().get(row.id, Backlog())
    channel = kinds.registered(row.channel)
    return {
        "id": row.id,
        "channel": row.channel,
        "channel_name": name_of(row.channel, language),
        "name": row.name,
        "address": row.address,
        "team": {"id": row.team.id, "name": row.team.name} if row.team else None,
        "language": row.language,
        "state": row.state,
        "per_minute": row.per_minute,
        "options": _options(channel, row),
        "secrets": _secrets(channel, row),
        "version": row.version,
        "health": asdict(health.of(row, known, language)),
        "extra": _extra(channel, row, language),
        "created_at": row.created_at,
    }


def arrival(row: Arrival, language: str) -> Shown:
    """Return something that arrived, without its content."""
    key = f"channels.outcome.{row.outcome}"
    return {
        "id": row.id,
        "account": {"id": row.account_id, "name": row.account.name, "channel": row.account.channel},
        "state": row.state,
        "outcome": row.outcome,
        "sentence": texts.say(key, language, words=row.words) if texts.known(key) else "",
        "words": row.words,
        "about": row.about,
        "size": row.size,
        "attempt": row.attempt,
        "has_raw": row.raw_id is not None,
        "conversation": row.conversation_id,
        "message": row.message_id,
        "arrived_at": row.arrived_at,
        "settled_at": row.settled_at,
    }


def on_its_way(row: Message, language: str) -> Shown:
    """Return how far a message of ours got."""
    attempts, next_try_at = queries.next_try(row)
    return {
        "id": row.id,
        "delivery": row.delivery,
        "sentence": health.told(row.delivery_code, language),
        "words": row.delivery_reason,
        "attempts": attempts,
        "next_try_at": next_try_at if row.delivery == Delivery.QUEUED else None,
        "can_send_again": row.delivery == Delivery.FAILED,
    }


def name_of(channel: str, language: str) -> str:
    """Return what a channel is called; its code where it does not say."""
    return _said(f"channels_{channel}.name", language) or channel


def _field(room: str, field: Field, language: str) -> Shown:
    return {
        "key": field.key,
        "name": _said(f"{room}.field.{field.key}", language) or field.key,
        "hint": _said(f"{room}.hint.{field.key}", language),
        "kind": field.kind,
        "default": field.default,
        "required": field.required,
        "only_when": {"field": field.only_when[0], "options": field.only_when[1]} if field.only_when else None,
        "options": [
            {"code": code, "name": _said(f"{room}.option.{field.key}.{code}", language) or code}
            for code in field.options
        ],
        "least": field.least,
        "most": field.most,
        "group": field.group,
        "group_name": _said(f"{room}.group.{field.group}", language) if field.group else "",
    }


def _extra(channel: Channel | None, row: Account, language: str) -> list[Shown]:
    """Return what the channel gives for use elsewhere.

    Each has its name as `channels_<code>.extra.<key>` and, where it needs one, an explanation as `.extra_hint.<key>`.
    """
    tell = channel.extra if channel is not None else None
    told = tell(row) if tell is not None else {}
    room = f"channels_{row.channel}"
    return [
        {
            "key": key,
            "label": _said(f"{room}.extra.{key}", language) or key,
            "hint": _said(f"{room}.extra_hint.{key}", language),
            "text": str(text),
            "kind": "link" if _is_link(str(text)) else "code",
        }
        for key, text in told.items()
        if text
    ]


def _is_link(text: str) -> bool:
    """Is it an address to open, and nothing else? One that begins with a slash is of this installation."""
    return text.startswith(("https://", "http://", "/")) and not any(letter.isspace() for letter in text)


def _options(channel: Channel | None, row: Account) -> Shown:
    """Return every option with its value, stored or by default."""
    fields = channel.fields if channel is not None else ()
    return {field.key: row.options.get(field.key, field.default) for field in fields if field.kind != "secret"}


def _secrets(channel: Channel | None, row: Account) -> dict[str, bool]:
    """Return which secrets are set; one that cannot be opened any more is not."""
    keys = [field.key for field in (channel.fields if channel is not None else ()) if field.kind == "secret"]
    stored = options.opened(row) if queries.opens(row) else {}
    return {key: key in stored for key in keys}


def _said(key: str, language: str) -> str:
    return texts.say(key, language) if texts.known(key) else ""

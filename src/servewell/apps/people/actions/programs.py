"""Programs: the keys they show instead of a password."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from servewell.apps.base import clock
from servewell.apps.base.principal import Principal
from servewell.apps.people import events, keys, permissions, queries
from servewell.apps.people.actions._shared import clean, note
from servewell.apps.people.errors import BadScopes, KeyExpired
from servewell.apps.people.models import ApiKey


@transaction.atomic
def create_key(
    principal: Principal, name: str, scopes: Iterable[str], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """Make an API key for a program; return it and its text, which is shown this once and never stored.

    BadScopes for what the maker may not do themself, KeyExpired for one that would open nothing.
    """
    wanted = sorted(set(scopes))
    beyond = [verb for verb in wanted if verb not in permissions.KEY_VERBS or not permissions.can(principal, verb)]
    if beyond or not wanted or principal.kind != "agent":
        raise BadScopes(verbs=", ".join(beyond) or "-")
    if expires_at is not None and expires_at <= clock.now():
        raise KeyExpired
    text, prefix, digest = keys.fresh()
    maker = queries.person(principal.id)
    key = ApiKey(
        name=name.strip(), prefix=prefix, digest=digest, scopes=wanted, created_by=maker, expires_at=expires_at
    )
    clean(key)
    key.save()
    note(principal, events.KEY_CREATED.name, key=key.id, scopes=wanted)
    return key, text


@transaction.atomic
def revoke_key(principal: Principal, key_id: UUID) -> ApiKey:
    """Make a key open nothing any more."""
    key = queries.key(key_id)
    if (
        ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now()) == 1
    ):  # 0: it was revoked before
        note(principal, events.KEY_REVOKED.name, key=key.id)
    key.refresh_from_db()
    return key

"""What may a conversation carry? Tags that exist, and values that fit their custom fields."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from servewell.apps.base import typed
from servewell.apps.conversations import events
from servewell.apps.conversations.actions._work import Work
from servewell.apps.conversations.definitions import definition_of
from servewell.apps.conversations.errors import NoSuchField, NoSuchTag, TooManyTags
from servewell.apps.conversations.models import Field, Tag

MOST_TAGS = 50
MOST_FIELDS = 100  # that an event lists


def put_tags(work: Work, add: Iterable[UUID], remove: Iterable[UUID], exactly: Iterable[UUID] | None = None) -> None:
    """Add and take away tags, or carry exactly these; NoSuchTag for one to add that is not there or archived."""
    before = list(work.conversation.tags)
    if exactly is not None:
        add, remove = exactly, set(before) - set(exactly)
    gone = set(remove)
    added = [tag for tag in dict.fromkeys(add) if tag not in before and tag not in gone]
    after = [tag for tag in before if tag not in gone] + _existing(added, work.known)
    if len(after) > MOST_TAGS:
        raise TooManyTags(most=MOST_TAGS)
    if work.set(tags=after):
        work.tell(events.TAGGED, added=added or None, removed=[tag for tag in before if tag in gone] or None)


def put_fields(work: Work, values: Mapping[str, Any]) -> None:
    """Give custom fields values, or (None) take them away; NoSuchField, BadField."""
    if not values:
        return
    known, now = _fields(values), dict(work.conversation.fields)
    for key, value in values.items():
        checked = typed.checked(definition_of(known[key]), value)
        now = {other: kept for other, kept in now.items() if other != key} | ({} if checked is None else {key: checked})
    differing = [known[key].id for key in values if now.get(key) != work.conversation.fields.get(key)]
    if work.set(fields=now):
        work.tell(events.FIELD_CHANGED, fields=differing[:MOST_FIELDS])


def fit_tags(tags: Iterable[UUID]) -> list[UUID]:
    """Return the tags of a new conversation, each once; NoSuchTag, TooManyTags."""
    wanted = list(dict.fromkeys(tags))
    if len(wanted) > MOST_TAGS:
        raise TooManyTags(most=MOST_TAGS)
    return _existing(wanted)


def with_more(tags: list[UUID], more: Iterable[UUID]) -> list[UUID]:
    """Return tags and more of them, that are known to be there, as far as a conversation carries them."""
    return list(dict.fromkeys([*tags, *more]))[:MOST_TAGS]


def fit_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the custom fields of a new conversation as they are stored; NoSuchField, BadField."""
    if not values:
        return {}
    known = _fields(values)
    checked = {key: typed.checked(definition_of(known[key]), value) for key, value in values.items()}
    return {key: value for key, value in checked.items() if value is not None}


def _existing(tags: list[UUID], known: dict[Any, Any] | None = None) -> list[UUID]:
    """`known` remembers, for many conversations changed in one go, which tags are there."""
    there: set[UUID] = known.setdefault("tags", set()) if known is not None else set()
    unknown = [tag for tag in tags if tag not in there]
    if unknown:
        there |= set(Tag.objects.filter(id__in=unknown, archived_at=None).values_list("id", flat=True))
        for tag in unknown:
            if tag not in there:
                raise NoSuchTag(tag=str(tag))
    return tags


def _fields(values: Mapping[str, Any]) -> dict[str, Field]:
    known = {field.key: field for field in Field.objects.filter(key__in=list(values), archived_at=None)}
    for key in values:
        if key not in known:
            raise NoSuchField(field=key[:40])
    return known

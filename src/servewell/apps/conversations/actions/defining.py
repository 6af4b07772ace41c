"""Which tags and custom fields are there? Leads and managers say."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from servewell.apps.base import cleaning, clock, texts, typed
from servewell.apps.base.errors import BadDefinition
from servewell.apps.base.principal import Principal
from servewell.apps.conversations import events
from servewell.apps.conversations.definitions import definition_of
from servewell.apps.conversations.errors import BadChange, FieldTaken, NoSuchField, NoSuchTag, TagTaken
from servewell.apps.conversations.models import Field, Tag
from servewell.apps.journal.actions import record
from servewell.apps.journal.events import Actor, Event, EventType
from servewell.apps.people import permissions

CONFIGURE = "conversations.configure"
COLOURS = ("grey", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink")  # of the workspace's palette
_TAG_NAME = 60
Label = TypeVar("Label", Tag, Field)


@transaction.atomic
def create_tag(principal: Principal, name: str, colour: str = "grey") -> Tag:
    """Make a tag; its name differs from every other's in more than case. TagTaken, BadChange, TextTooLong."""
    permissions.demand(principal, CONFIGURE)
    tag = _named(Tag(), name, colour)
    _save(tag, TagTaken(name=tag.name))
    return _told(principal, events.TAG_CREATED, tag)


@transaction.atomic
def change_tag(principal: Principal, tag_id: UUID, *, name: str | None = None, colour: str | None = None) -> Tag:
    """Rename or recolour a tag, wherever it is."""
    permissions.demand(principal, CONFIGURE)
    tag = _tag(tag_id)
    before = (tag.name, tag.colour)
    _named(tag, tag.name if name is None else name, tag.colour if colour is None else colour)
    if before == (tag.name, tag.colour):
        return tag
    _save(tag, TagTaken(name=tag.name))
    return _told(principal, events.TAG_CHANGED, tag)


@transaction.atomic
def archive_tag(principal: Principal, tag_id: UUID) -> Tag:
    """Offer a tag no more; what has it keeps it."""
    return _archive(principal, _tag(tag_id), events.TAG_ARCHIVED)


@transaction.atomic
def restore_tag(principal: Principal, tag_id: UUID) -> Tag:
    """Offer an archived tag again."""
    return _restore(principal, _tag(tag_id), events.TAG_RESTORED)


@transaction.atomic
def create_field(
    principal: Principal,
    key: str,
    names: Mapping[str, str],
    kind: str,
    *,
    options: Sequence[Mapping[str, Any]] = (),
    position: int = 0,
) -> Field:
    """Define a custom field: its key and kind stay for ever. FieldTaken, BadDefinition.

    `names` by language; `options` of a choice: `{"code", "names"}` each.
    """
    permissions.demand(principal, CONFIGURE)
    field = Field(key=key, names=_cleaned(names), kind=kind, options=_options(options), position=_placed(position))
    typed.defined(definition_of(field))
    _save(field, FieldTaken(key=key))
    return _told(principal, events.FIELD_CREATED, field)


@transaction.atomic
def change_field(
    principal: Principal,
    field_id: UUID,
    *,
    names: Mapping[str, str] | None = None,
    options: Sequence[Mapping[str, Any]] | None = None,
    position: int | None = None,
) -> Field:
    """Rename a custom field, move it, rename its options or add some. BadDefinition.

    A code that was offered once stays, because conversations may hold it.
    """
    permissions.demand(principal, CONFIGURE)
    field = _field(field_id)
    before = (field.names, field.options, field.position)
    field.names = field.names if names is None else _cleaned(names)
    field.position = field.position if position is None else _placed(position)
    if options is not None:
        kept = {option["code"] for option in field.options}
        field.options = _options(options)
        if not kept <= {option["code"] for option in field.options}:
            raise BadDefinition(field=field.key, reason="options")
    typed.defined(definition_of(field))
    if before == (field.names, field.options, field.position):
        return field
    field.save()
    return _told(principal, events.FIELD_REDEFINED, field)


@transaction.atomic
def archive_field(principal: Principal, field_id: UUID) -> Field:
    """Offer a custom field no more; what is written in it stays."""
    return _archive(principal, _field(field_id), events.FIELD_ARCHIVED)


@transaction.atomic
def restore_field(principal: Principal, field_id: UUID) -> Field:
    """Offer an archived custom field again."""
    return _restore(principal, _field(field_id), events.FIELD_RESTORED)


def _archive(principal: Principal, label: Label, event: EventType) -> Label:
    permissions.demand(principal, CONFIGURE)
    if label.archived_at is None:
        label.archived_at = clock.now()
        label.save(update_fields=["archived_at"])
        _told(principal, event, label)
    return label


def _restore(principal: Principal, label: Label, event: EventType) -> Label:
    permissions.demand(principal, CONFIGURE)
    if label.archived_at is not None:
        label.archived_at = None
        label.save(update_fields=["archived_at"])
        _told(principal, event, label)
    return label


def _told(principal: Principal, event: EventType, label: Label) -> Label:
    about = {"tag" if isinstance(label, Tag) else "field": label.id}
    record(Event(event.name, actor=Actor.of(principal), attributes=about))
    return label


def _tag(tag_id: UUID) -> Tag:
    found = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if found is None:
        raise NoSuchTag(tag=str(tag_id))
    return found


def _field(field_id: UUID) -> Field:
    found = Field.objects.select_for_update().filter(pk=field_id).first()
    if found is None:
        raise NoSuchField(field=str(field_id))
    return found


def _named(tag: Tag, name: str, colour: str) -> Tag:
    tag.name, tag.colour = cleaning.line(name, most=_TAG_NAME), colour
    if not tag.name or colour not in COLOURS:
        raise BadChange(what="colour" if tag.name else "name")
    return tag


def _cleaned(names: Mapping[str, str]) -> dict[str, str]:
    return {language: cleaning.line(name) for language, name in names.items() if language in texts.LANGUAGES}


def _options(options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"code": option["code"], "names": _cleaned(option["names"])} for option in options]


def _placed(position: int) -> int:
    return max(-32_768, min(position, 32_767))  # what the column holds


def _save(label: Tag | Field, taken: Exception) -> None:
    try:
        with transaction.atomic():
            label.save()
    except IntegrityError as fault:
        raise taken from fault

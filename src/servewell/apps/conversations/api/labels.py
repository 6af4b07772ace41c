"""Which tags and custom fields may conversations carry? Everybody reads them, leads and managers define them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field as About

from servewell.apps.conversations import actions
from servewell.apps.conversations.api.reading import demanded
from servewell.apps.conversations.api.shapes import example
from servewell.apps.conversations.models import Field, Tag

router = Router()
READ, CONFIGURE = "conversations.read", "conversations.configure"
Colours = Literal["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"]
Kinds = Literal["text", "number", "boolean", "date", "choice", "choices", "url", "email"]
Place = About(default=0, ge=-32_768, le=32_767, description="among the others, lowest first")


class TagShown(Schema):
    """A tag."""

    id: UUID
    name: str
    colour: str
    archived_at: datetime | None  # since when it is offered no more


class TagWanted(Schema):
    """A tag to make."""

    model_config = example(name="退款", colour="orange")

    name: str
    colour: Colours = "grey"


class TagChange(Schema):
    """What is to change of a tag; what is left out stays."""

    name: str | None = None
    colour: Colours | None = None
    archived: bool | None = None  # true: offer it no more; false: again


class FieldOption(Schema):
    """One of the values of a choice."""

    code: str
    names: dict[str, str]  # language -> name


class FieldShown(Schema):
    """A custom field."""

    id: UUID
    key: str
    names: dict[str, str]
    kind: str
    options: list[FieldOption]
    position: int
    archived_at: datetime | None


class FieldWanted(Schema):
    """A custom field to define; its key and kind stay for ever."""

    model_config = example(key="order", names={"zh-Hans": "订单号", "en": "Order"}, kind="text")

    key: str
    names: dict[str, str] = About(description="language -> name, of `zh-Hans` and `en`")
    kind: Kinds
    options: list[FieldOption] = About(default_factory=list, max_length=200, description="of a choice")
    position: int = Place


class FieldChange(Schema):
    """What is to change of a custom field; what is left out stays."""

    names: dict[str, str] | None = None
    options: list[FieldOption] | None = About(
        default=None, max_length=200, description="codes that there are must stay"
    )
    position: int | None = About(default=None, ge=-32_768, le=32_767)
    archived: bool | None = None


@router.get("/tags", response=list[TagShown])
def list_tags(request: HttpRequest, archived: bool = False) -> list[Tag]:
    """List the tags by name; with `archived` also those that are offered no more."""
    demanded(request, READ)
    return list(Tag.objects.all() if archived else Tag.objects.filter(archived_at=None))


@router.post("/tags", response={201: TagShown})
def create_tag(request: HttpRequest, body: TagWanted) -> Status[Tag]:
    """Make a tag."""
    return Status(201, actions.create_tag(demanded(request, CONFIGURE), body.name, body.colour))


@router.patch("/tags/{uuid:tag_id}", response=TagShown)
def change_tag(request: HttpRequest, tag_id: UUID, body: TagChange) -> Tag:
    """Rename or recolour a tag wherever it is, or offer it no more."""
    principal = demanded(request, CONFIGURE)
    tag = actions.change_tag(principal, tag_id, name=body.name, colour=body.colour)
    if body.archived is None:
        return tag
    return (actions.archive_tag if body.archived else actions.restore_tag)(principal, tag_id)


@router.get("/fields", response=list[FieldShown])
def list_fields(request: HttpRequest, archived: bool = False) -> list[Field]:
    """List the custom fields in their order; with `archived` also those that are offered no more."""
    demanded(request, READ)
    return list(Field.objects.all() if archived else Field.objects.filter(archived_at=None))


@router.post("/fields", response={201: FieldShown})
def create_field(request: HttpRequest, body: FieldWanted) -> Status[Field]:
    """Define a custom field."""
    principal = demanded(request, CONFIGURE)
    options = [option.model_dump() for option in body.options]
    made = actions.create_field(principal, body.key, body.names, body.kind, options=options, position=body.position)
    return Status(201, made)


@router.patch("/fields/{uuid:field_id}", response=FieldShown)
def change_field(request: HttpRequest, field_id: UUID, body: FieldChange) -> Field:
    """Rename a custom field or its options, add options, move it, or offer it no more."""
    principal = demanded(request, CONFIGURE)
    options = None if body.options is None else [option.model_dump() for option in body.options]
    field = actions.change_field(principal, field_id, names=body.names, options=options, position=body.position)
    if body.archived is None:
        return field
    return (actions.archive_field if body.archived else actions.restore_field)(principal, field_id)

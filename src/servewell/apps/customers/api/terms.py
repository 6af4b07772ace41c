"""Which tiers, purposes and attributes there are; changed by those who hold `settings.manage`."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from servewell.apps.customers import actions, terms
from servewell.apps.customers.api.routes import router
from servewell.apps.customers.models import Attribute, Term
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting

Kind = Literal["tier", "purpose", "attribute"]
_OF_ANY, _OF_ATTRIBUTES = {"name_zh", "name_en", "position"}, {"kind", "options", "required", "maximum"}


class AttributeOption(Schema):
    """One choice."""

    code: str
    name_zh: str
    name_en: str


class TermOut(Schema):
    """A tier, a purpose or an attribute."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    position: int
    archived: bool


class AttributeOut(TermOut):
    """A field that the house defined for its customers."""

    kind: str
    options: list[AttributeOption]
    required: bool
    maximum: float | None


class NewTerm(Schema):
    """What a term is to be; kind, options, required and maximum are an attribute's."""

    name_zh: str
    name_en: str
    position: int = Field(0, ge=-1000, le=1000)
    kind: str | None = None
    options: list[AttributeOption] | None = Field(None, max_length=200)
    required: bool | None = None
    maximum: float | None = None


class Archiving(Schema):
    """Whether it is given to nobody any more."""

    archived: bool


@router.get("/terms/{kind}", response=list[AttributeOut | TermOut])
def list_terms(request: HttpRequest, kind: Kind) -> list[dict[str, Any]]:
    """List the tiers, purposes or attributes in their order, archived ones too."""
    permissions.demand(acting(request), "customers.read")
    return [_term(row) for row in terms.of_kind(kind)]


@router.put("/terms/{kind}/{code}", response=AttributeOut | TermOut)
def define_term(request: HttpRequest, kind: Kind, code: str, body: NewTerm) -> dict[str, Any]:
    """Define a tier, purpose or attribute, or change it; the kind of an attribute stays."""
    principal = acting(request)
    permissions.demand(principal, "settings.manage")
    given = body.model_dump(exclude_unset=True)
    own = _OF_ANY | (_OF_ATTRIBUTES if kind == "attribute" else set())
    wanted = {name: value for name, value in given.items() if name in own and (value is not None or name == "maximum")}
    return _term(actions.define(principal, kind, code, **wanted))


@router.put("/terms/{kind}/{code}/archived", response=AttributeOut | TermOut)
def archive_term(request: HttpRequest, kind: Kind, code: str, body: Archiving) -> dict[str, Any]:
    """Archive a term, or take it back; who has it keeps it."""
    principal = acting(request)
    permissions.demand(principal, "settings.manage")
    return _term(actions.archive(principal, kind, code, body.archived))


def _term(row: Term) -> dict[str, Any]:
    fields = ["id", "code", "name_zh", "name_en", "position"]
    if isinstance(row, Attribute):
        fields += ["kind", "options", "required", "maximum"]
    return {**{field: getattr(row, field) for field in fields}, "archived": row.archived_at is not None}

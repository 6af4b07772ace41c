"""Which tiers, purposes and attributes are there? The built-in ones, unless the house defined one of the same code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from servewell.apps.base import typed
from servewell.apps.customers.models import Attribute, Purpose, Term, Tier

T = TypeVar("T", bound=Term)
DEFAULT_TIER = "standard"
_TIERS = (("standard", "普通", "Standard"), ("silver", "银级", "Silver"), ("gold", "金级", "Gold"))
_PURPOSES = (
    ("service", "服务联系", "Service contact"),
    ("marketing", "营销推广", "Marketing"),
    ("survey", "满意度调查", "Surveys"),
    ("recording", "通话录音", "Recording of calls"),
    ("research", "数据分析与改进", "Analysis and improvement"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of terms."""

    name: str  # in the API and the journal
    model: type[Term]
    built_in: tuple[tuple[str, str, str], ...] = ()  # code, name in Chinese, in English


KINDS = {
    kind.name: kind
    for kind in (Kind("tier", Tier, _TIERS), Kind("purpose", Purpose, _PURPOSES), Kind("attribute", Attribute))
}


def tiers() -> list[Tier]:
    """Return every tier, archived ones too, in their order: one query."""
    return _all(Tier, _TIERS)


def purposes() -> list[Purpose]:
    """Return every purpose, archived ones too, in their order: one query."""
    return _all(Purpose, _PURPOSES)


def attributes() -> list[Attribute]:
    """Return every attribute, archived ones too, in their order: one query."""
    return _all(Attribute, ())


def of_kind(name: str) -> list[Term]:
    """Return every term of a kind (`KINDS`)."""
    kind = KINDS[name]
    return list(_all(kind.model, kind.built_in))


def usable(rows: Iterable[T]) -> dict[str, T]:
    """Return those that can be given to a customer, by code."""
    return {row.code: row for row in rows if row.archived_at is None}


def definition(attribute: Attribute) -> typed.Definition:
    """Return an attribute as `base.typed` knows it; required ones count for completeness but refuse nothing."""
    return typed.Definition(
        key=attribute.code,
        names={"zh-Hans": attribute.name_zh, "en": attribute.name_en},
        kind=attribute.kind,
        options=tuple(option["code"] for option in attribute.options),
        maximum=attribute.maximum,
        option_names={
            option["code"]: {"zh-Hans": option["name_zh"], "en": option["name_en"]} for option in attribute.options
        },
    )


def _all(model: type[T], built_in: tuple[tuple[str, str, str], ...]) -> list[T]:
    ours = {
        code: model(id=_id(model, code), code=code, name_zh=zh, name_en=en, position=place)
        for place, (code, zh, en) in enumerate(built_in)
    }
    theirs = {row.code: row for row in model._default_manager.all()}
    return sorted({**ours, **theirs}.values(), key=lambda row: (row.position, row.code))


def _id(model: type[Term], code: str) -> UUID:
    """The same in every installation, so that the journal can name a built-in term."""
    return uuid5(NAMESPACE_URL, f"servewell:{model.__name__.lower()}:{code}")

"""What can an administrator change while it runs? Typed settings: defined in code, changed ones in the database."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from servewell.apps.base import clock, statements
from servewell.apps.base.errors import BadSetting, UnknownSetting
from servewell.apps.base.models import Setting
from servewell.apps.base.principal import Principal

Value = bool | int | float | str | list[str]
Type = type[bool] | type[int] | type[float] | type[str] | type[list[str]]


@dataclass(frozen=True, slots=True)
class Definition:
    """A setting that exists."""

    name: str  # `<room>.<words>`; its texts are `<room>.setting.<words>`
    type: Type  # bool, int, float, str or list (of str)
    default: Any
    fits: Callable[[Any], bool]  # beyond the type: is the value allowed?


_VALUE = "select value from base_setting where name = %(name)s"
Hook = Callable[[Principal, str, Value, Value], None]  # who, name, old, new; in the changing transaction
_defined: dict[str, Definition] = {}
_hooks: list[Hook] = []


def define(name: str, type: Type, default: Any, fits: Callable[[Any], bool] = lambda value: True) -> Definition:  # noqa: A002 - settings.define("x", int, 3)
    """Define a setting, once, when its room is loaded; the default must itself fit."""
    made = Definition(name, type, default, fits)
    if name in _defined:
        raise ValueError(f"setting {name} is defined twice")
    if not _right(made, default):
        raise ValueError(f"the default of setting {name} does not fit")
    _defined[name] = made
    return made


def get(name: str) -> Any:
    """Return the value of a setting now: one query by primary key."""
    stored = statements.prepared(_VALUE, {"name": name})
    return from_stored(name, stored[0][0] if stored else None)


def from_stored(name: str, stored: str | None) -> Any:
    """Return the value of a setting from the JSON that a statement read beside other things; None: nobody set it."""
    known = definition(name)
    value = json.loads(stored) if stored is not None else None
    return value if value is not None and _right(known, value) else known.default


def get_all(*names: str) -> dict[str, Any]:
    """Return the values of several settings now: one query."""
    stored = dict(Setting.objects.filter(name__in=names).values_list("name", "value"))
    known = {name: definition(name) for name in names}
    return {
        name: stored[name] if name in stored and _right(one, stored[name]) else one.default
        for name, one in known.items()
    }


def put(principal: Principal, name: str, value: Value) -> None:
    """Change a setting, and do what depends on it (`on_change`) in the same transaction; BadSetting if it is wrong."""
    known = definition(name)
    if not _right(known, value):
        raise BadSetting(setting=name)
    with transaction.atomic():
        old = get(name)
        stored = {"value": value, "changed_at": clock.now(), "changed_by": principal.id}
        Setting.objects.update_or_create(name=name, defaults=stored)
        for hook in _hooks:
            hook(principal, name, old, value)


def on_change(hook: Hook) -> Hook:
    """Call `hook` at every change, in its transaction; so a higher floor remembers it."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def defined() -> list[Definition]:
    """Return every setting that exists, by name."""
    return sorted(_defined.values(), key=lambda one: one.name)


def definition(name: str) -> Definition:
    """Return a setting that exists; UnknownSetting."""
    try:
        return _defined[name]
    except KeyError:
        raise UnknownSetting(setting=name) from None


def _right(known: Definition, value: Any) -> bool:
    wanted = known.type
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return known.fits(value)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        return False
    if isinstance(value, list) and not all(isinstance(item, str) for item in value):
        return False
    return known.fits(value)

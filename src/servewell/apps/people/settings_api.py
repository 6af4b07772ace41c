"""How are the house's settings seen and changed from outside? One by one, for those who hold `settings.manage`."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from servewell.apps.base import settings, texts
from servewell.apps.base.settings import Definition
from servewell.apps.people import permissions
from servewell.apps.people.auth import acting, language_of

router = Router(tags=["settings"])
Value = bool | int | float | str | list[str]


class Shown(Schema):
    """A setting."""

    name: str  # <room>.<words>
    type: str  # bool | int | float | str | list (of texts)
    value: Value
    default: Value
    sentence: str  # what it is, in the person's language


class Change(Schema):
    """The new value, of the setting's type."""

    value: Value


@router.get("", response=list[Shown])
def list_settings(request: HttpRequest) -> list[dict[str, Any]]:
    """List every setting by name, with its value now."""
    permissions.demand(acting(request), "settings.manage")
    return [shown(definition, language_of(request)) for definition in settings.defined()]


@router.patch("/{name}", response=Shown)
def change_setting(request: HttpRequest, name: str, body: Change) -> dict[str, Any]:
    """Change one setting; who changed it is remembered, the values are not."""
    permissions.demand(acting(request), "settings.manage")
    settings.put(acting(request), name, body.value)
    return shown(settings.definition(name), language_of(request))


def shown(definition: Definition, language: str) -> dict[str, Any]:
    """Return a setting as it is shown."""
    room, _, words = definition.name.partition(".")
    return {
        "name": definition.name,
        "type": definition.type.__name__,
        "value": settings.get(definition.name),
        "default": definition.default,
        "sentence": texts.say(f"{room}.setting.{words}", language),
    }

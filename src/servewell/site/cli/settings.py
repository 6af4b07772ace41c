"""See the settings, and change one."""

import argparse
from typing import TYPE_CHECKING, Any

from servewell.site.cli import installation, talk

if TYPE_CHECKING:
    from servewell.apps.base.settings import Definition

_ANSWERS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which one, and its new value."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=talk.text("site.settings.name"))
    parser.add_argument("value", nargs="?", metavar="VALUE", help=talk.text("site.settings.value"))


def run(options: argparse.Namespace) -> None:
    """Show all, or the one that is named; with a value, change it first."""
    with installation.ready(options):
        installation.demand_migrated()
        from servewell.apps.base import settings
        from servewell.apps.base.principal import SYSTEM
        from servewell.apps.people.settings_api import shown

        chosen = [settings.definition(options.name)] if options.name else settings.defined()
        if options.value is not None:
            settings.put(SYSTEM, options.name, read(chosen[0], options.value))
        found = [shown(definition, talk.language()) for definition in chosen]
    talk.emit(options, found[0] if options.name else found, "\n".join(map(_line, found)))


def read(definition: "Definition", text: str) -> Any:
    """Return the value that `text` means for this setting; BadSetting when it means none. A list is split at commas."""
    from servewell.apps.base.errors import BadSetting

    try:
        if definition.type is bool:
            return _ANSWERS[text.strip().lower()]
        if definition.type is list:
            return [part.strip() for part in text.split(",") if part.strip()]
        return definition.type(text)
    except (KeyError, ValueError) as error:
        raise BadSetting(setting=definition.name) from error


def _line(setting: dict[str, Any]) -> str:
    key = "site.settings.as-made" if setting["value"] == setting["default"] else "site.settings.changed"
    words = {name: _written(setting[name]) for name in ("value", "default")}
    return talk.text(key, name=setting["name"], sentence=setting["sentence"], **words)


def _written(value: Any) -> str:
    words = ", ".join(value) if isinstance(value, list) else str(value)
    return words if words.strip() else talk.text("site.settings.empty")

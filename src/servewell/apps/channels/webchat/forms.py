"""What is a visitor asked before the first message, and does what they answer fit?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from servewell.apps.base import texts, typed
from servewell.apps.base.errors import BadField
from servewell.apps.base.typed import Definition
from servewell.apps.channels.frame.models import Account
from servewell.apps.channels.webchat import sites
from servewell.apps.channels.webchat.errors import FormIncomplete
from servewell.apps.channels.webchat.models import Visitor
from servewell.apps.conversations.definitions import definition_of
from servewell.apps.conversations.models import Field

_OWN = {  # what every form may ask: kind of value, kind for the widget, most characters
    "name": ("text", "text", 100),
    "email": ("email", "email", 254),
    "phone": ("text", "phone", 40),
}
REQUIRED = "!"  # after the key of a custom field in the option


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the form."""

    definition: Definition
    kind: str  # for the widget: `phone` is a text to us
    is_custom: bool  # a field of the conversation; else something about the visitor

    @property
    def key(self) -> str:
        """Return its name in the form."""
        return self.definition.key


@dataclass(frozen=True, slots=True)
class Answers:
    """What a visitor answered, as it is kept."""

    about: Mapping[str, str]  # name, email, phone
    fields: Mapping[str, Any]  # of the conversation


def questions(account: Account) -> list[Question]:
    """Return what a site asks, in its order."""
    asked = [_own(key, wish) for key in _OWN if (wish := sites.option(account, f"ask_{key}")) != "off"]
    return asked + _custom(sites.option(account, "ask_fields"))


def open_questions(visitor: Visitor, asked: Iterable[Question]) -> list[Question]:
    """Return what is not known of a visitor: what the site signed or they said before is not asked again."""
    return [one for one in asked if one.is_custom or not (visitor.signed | visitor.typed).get(one.key)]


def answers(visitor: Visitor, given: Mapping[str, Any], language: str) -> Answers:
    """Return what was answered where it had to be; FormIncomplete names what is missing or unfit, in words."""
    about: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    faults = []
    for one in open_questions(visitor, questions(visitor.account)):
        try:
            value = typed.checked(one.definition, given.get(one.key))
        except BadField as fault:
            code = "required" if fault.values["reason"] == "missing" else "unfit"
            faults.append({"key": one.key, "code": code, "sentence": fault.sentence(language)})
            continue
        if value is not None:
            (fields if one.is_custom else about)[one.key] = value
    if faults:
        raise FormIncomplete(fields=faults)
    return Answers(about, fields)


def shown(one: Question, language: str) -> dict[str, Any]:
    """Return a question as the widget asks it."""
    named = one.definition.option_names
    return {
        "key": one.key,
        "kind": one.kind,
        "name": one.definition.name(language),
        "required": one.definition.required,
        "most": int(one.definition.maximum or 0),
        "options": [{"code": code, "name": named[code].get(language, code)} for code in one.definition.options],
    }


def _own(key: str, wish: str) -> Question:
    kind, asked_as, most = _OWN[key]
    names = {language: texts.say(f"channels_webchat.form.{key}", language) for language in texts.LANGUAGES}
    longest = most if kind == "text" else None
    return Question(Definition(key, names, kind, required=wish == "required", maximum=longest), asked_as, False)


def _custom(wanted: list[str]) -> list[Question]:
    """Fields that are archived, or never were, are not asked."""
    if not wanted:
        return []
    keys = {one.rstrip(REQUIRED): one.endswith(REQUIRED) for one in wanted}
    rows = {row.key: row for row in Field.objects.filter(key__in=list(keys), archived_at=None)}
    return [
        Question(replace(definition_of(rows[key]), required=required), rows[key].kind, True)
        for key, required in keys.items()
        if key in rows
    ]

"""What does the desk work with? Tags, fields, attributes, views, canned replies: kept by the rooms' own verbs."""

from typing import Any
from uuid import UUID

from servewell.apps.base import texts
from servewell.apps.base.principal import SYSTEM
from servewell.apps.conversations import actions as conversations
from servewell.apps.conversations.actions.views import Wanted
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.customers import actions as customers
from servewell.site.demo.desk.products import CATEGORIES
from servewell.site.demo.vocabulary import TOPICS

_TAGS = {
    "delivery": "blue",
    "refund": "orange",
    "product": "teal",
    "fault": "red",
    "invoice": "purple",
    "account": "grey",
    "complaint": "red",
    "vip": "yellow",
    "call_back": "pink",
    "came_back": "green",
}
_CANNED = ("hello", "wait", "order", "courier", "refund", "photo", "sorry", "bye")  # their shortcuts
_VIEWS = (
    ("complaints", {"status": ["open", "waiting_us"], "contact_type": ["complaint"]}, "waiting"),
    ("long_wait", {"status": ["open", "waiting_us"], "waiting_over_s": 4 * 3600.0}, "waiting"),
    ("unhappy", {"sentiment": ["negative"]}, "priority"),
    ("english", {"language": ["en"]}, "newest"),
    ("with_files", {"status": ["solved", "closed", "open", "waiting_us"], "attachments": True}, "newest"),
)


def tags() -> dict[str, UUID]:
    """Make the tags; return their ids by code."""
    return {
        code: conversations.create_tag(SYSTEM, texts.say(f"demo.tag.{code}"), colour).id
        for code, colour in _TAGS.items()
    }


def fields() -> None:
    """Define what a conversation is asked for: its topic, the order, the category of the goods, the amount."""
    topics = [{"code": topic.code, "names": _names(f"demo.tag.{topic.code}")} for topic in TOPICS]
    categories = [{"code": code, "names": {"zh-Hans": zh, "en": en}} for code, zh, en in CATEGORIES]
    options: dict[str, list[dict[str, Any]]] = {"topic": topics, "category": categories}
    kinds = (("topic", "choice"), ("order_number", "text"), ("category", "choice"), ("amount", "number"))
    for place, (key, kind) in enumerate(kinds):
        names = _names(f"demo.field.{key}")
        conversations.create_field(SYSTEM, key, names, kind, options=options.get(key, []), position=place)


def attributes() -> None:
    """Define what is known of a customer: since when they are one, what they like, how often they ordered."""
    categories = [{"code": code, "name_zh": zh, "name_en": en} for code, zh, en in CATEGORIES]
    for place, (code, kind, required) in enumerate(
        (("member_since", "date", True), ("favourite_category", "choice", False), ("orders", "number", False))
    ):
        names = _names(f"demo.attribute.{code}")
        customers.define(
            SYSTEM,
            "attribute",
            code,
            name_zh=names["zh-Hans"],
            name_en=names["en"],
            position=place,
            kind=kind,
            required=required,
            options=categories if kind == "choice" else [],
        )


def views(tags_by_code: dict[str, UUID]) -> None:
    """Save lists for everybody."""
    chosen = (*_VIEWS, ("vip", {"tag": [str(tags_by_code["vip"])]}, "due"))
    for place, (code, filters, order) in enumerate(chosen):
        wanted = Wanted(
            texts.say(f"demo.view.{code}"), Filters.model_validate(filters), order, "everybody", None, place
        )
        conversations.save_view(SYSTEM, wanted)


def canned() -> None:
    """Keep replies that are written often, for everybody, in both languages."""
    for code in _CANNED:
        words = _names(f"demo.canned.{code}.text")
        wanted = conversations.CannedWanted(texts.say(f"demo.canned.{code}"), f"/{code}", words, "everybody")
        conversations.create_canned(SYSTEM, wanted)


def _names(key: str) -> dict[str, str]:
    return {language: texts.say(key, language) for language in texts.LANGUAGES}

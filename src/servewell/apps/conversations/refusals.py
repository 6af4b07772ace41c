"""How do lists, saved views and changes in one go say no? Beside `errors.py`."""

from servewell.apps.base import texts
from servewell.apps.conversations.errors import ConversationsError

ORDER_CODES = ("due", "newest", "oldest", "waiting", "priority", "number", "snoozed")


class OrderNotPossible(ConversationsError):
    """A list cannot be put in this order: `order` is it, `possible` are those that can be asked for."""

    slug, status = "order-not-possible", 422

    def sentence(self, language: str) -> str:
        """Return the sentence with the orders by their names."""
        named = {code: texts.say(f"conversations.order.{code}", language) for code in ORDER_CODES}
        order, *possible = (self.values.get("order", ""), *str(self.values.get("possible", "")).split(", "))
        between = "、" if language.startswith("zh") else ", "
        said = between.join(named.get(code, code) for code in possible)
        return texts.say(
            "conversations.error.order-not-possible", language, order=named.get(order, order), possible=said
        )


class NoSuchView(ConversationsError):
    """There is no such view, or it is not yours to see."""

    slug, status = "no-such-view", 404


class BadView(ConversationsError):
    """A view cannot be kept so: `field` names the part, `reason` is a sentence."""

    slug, status = "bad-view", 422


class TooManyViews(ConversationsError):
    """Somebody keeps as many views as there may be: `most`."""

    slug, status = "too-many-views", 409


class TooManyAtOnce(ConversationsError):
    """More conversations than can be changed in one go: `most`."""

    slug, status = "too-many-at-once", 422


class FiltersTooWide(ConversationsError):
    """Looking for all that the filters find takes too long, however few that may be."""

    slug, status = "filters-too-wide", 422


class NothingToChange(ConversationsError):
    """A change that changes nothing, or names no conversation."""

    slug, status = "nothing-to-change", 422


class NoSuchBulk(ConversationsError):
    """There is no such change in one go, or somebody else did it."""

    slug, status = "no-such-bulk", 404


class UndoTooLate(ConversationsError):
    """What was done in one go can be undone for `hours` hours; they are over."""

    slug, status = "undo-too-late", 409

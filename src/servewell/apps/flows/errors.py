"""How the room says no."""

from servewell.apps.base import texts
from servewell.apps.base.errors import ServewellError


class FlowsError(ServewellError):
    """A refusal about flows, or the reception that comes before them."""

    room = "flows"


class NoSuchRule(FlowsError):
    """There is no rule of the reception with this id."""

    slug, status = "no-such-rule", 404


class BadRule(FlowsError):
    """A rule that cannot be kept so: `field` names what is wrong, `value` which of its values, if one is."""

    slug, status = "bad-rule", 422

    def sentence(self, language: str) -> str:
        """Return the sentence for the field."""
        return texts.say(f"flows.unfit.{self.values['field']}", language, **self.values)


class TooManyRules(FlowsError):
    """More rules than a reception tries one after the other: `most`."""

    slug, status = "too-many-rules", 409


class RuleChangedMeanwhile(FlowsError):
    """Somebody else saved first: `version` is the rule's new one."""

    slug, status = "rule-changed-meanwhile", 409


class RulesChangedMeanwhile(FlowsError):
    """An order must name every rule once; rules were made or removed since the list was read."""

    slug, status = "rules-changed-meanwhile", 409

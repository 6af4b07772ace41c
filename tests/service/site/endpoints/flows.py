"""The reception's rules."""

from servewell.apps.flows import actions
from servewell.apps.flows.models import ReceptionRule

READ, MANAGE = "reception.read", "reception.manage"
RULES, RULE = "/flows/reception/rules", "/flows/reception/rules/{reception_rule}"
ENDPOINTS = [
    ("GET", RULES, READ, None),
    ("POST", RULES, MANAGE, {"name": "Refunds"}),
    ("PUT", "/flows/reception/order", MANAGE, {"rules": []}),
    ("POST", "/flows/reception/try", READ, {"channel": "email"}),
    ("GET", RULE, READ, None),
    ("PATCH", RULE, MANAGE, {"active": False}),
    ("DELETE", RULE, MANAGE, None),
]
REFUSALS = {"flows-no-such-rule"}


def reception_rule(whose, made):
    """Return a rule; it belongs to nobody."""
    ReceptionRule.objects.all().delete()
    return actions.create_rule(whose.boss.principal(), "Refunds").id


MAKERS = {"reception_rule": reception_rule}

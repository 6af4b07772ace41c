"""Which rules does the reception have?"""

from uuid import UUID

from servewell.apps.flows.errors import NoSuchRule
from servewell.apps.flows.models import ReceptionRule


def rules() -> list[ReceptionRule]:
    """Return all rules with their teams, in their order."""
    return list(ReceptionRule.objects.select_related("team"))


def rule(rule_id: UUID) -> ReceptionRule:
    """Return one rule with its team; NoSuchRule."""
    found = ReceptionRule.objects.select_related("team").filter(pk=rule_id).first()
    if found is None:
        raise NoSuchRule
    return found


def locked() -> dict[UUID, ReceptionRule]:
    """Return all rules by id, in their order, locked until the transaction ends."""
    return {row.id: row for row in ReceptionRule.objects.select_for_update(of=("self",)).order_by("position", "id")}

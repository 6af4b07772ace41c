"""By which rules is a new contact sorted? They stand in an order, and the first that fits counts."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.conversations.models import Priority
from servewell.apps.people.models import Team

LONGEST_NAME = 80


class ReceptionRule(models.Model):
    """What a new conversation must be like, and what it then gets."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    position = models.IntegerField()  # lowest first; `actions.order_rules` numbers them anew
    name = models.CharField(max_length=LONGEST_NAME)
    active = models.BooleanField(default=True)
    conditions = models.JSONField(default=dict)  # of `rules.Conditions`, only those that are made
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")  # null: the account's
    priority = models.SmallIntegerField(choices=Priority.choices, null=True)  # null: normal
    tags = ArrayField(models.UUIDField(), default=list)  # beside those that the channel gave
    overrides = models.BooleanField(default=False)  # whether its team counts before one that the message names itself
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        """In the order in which they are tried."""

        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name

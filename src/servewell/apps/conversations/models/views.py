"""Which lists of conversations does somebody come back to, and what was changed in one go?"""

from typing import ClassVar

from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.people.models import Team, User


class SavedView(models.Model):
    """A list with a name: filters and an order. Of one person, of a team, or (neither) of everybody."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    filters = models.JSONField(default=dict)  # as the API's list takes them
    order = models.CharField(max_length=20, default="due")
    position = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """As arranged."""

        ordering: ClassVar = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Bulk(models.Model):
    """Many conversations changed in one go; what was before is kept for a while, so that it can be undone."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    owner_id = models.UUIDField()  # the person or the key that did it, and may undo it
    change = models.JSONField()  # what was asked for
    before = models.JSONField()  # conversation id -> what it was, and its version right after the change
    created_at = models.DateTimeField(default=clock.now, db_index=True)
    undone_at = models.DateTimeField(null=True)
    put_back = models.JSONField(null=True)  # what the undoing said, so that it says so again

"""Which replies are written often?"""

from typing import ClassVar

from django.contrib.postgres.indexes import OpClass
from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.people.models import Team, User


class CannedReply(models.Model):
    """A reply with places to fill, in some languages. Of one person, of a team, or (neither) of everybody."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    title = models.CharField(max_length=120)
    shortcut = models.CharField(max_length=40)  # in lower case, without the `/` it is typed with
    texts = models.JSONField()  # language code -> template; at least one
    owner = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    used = models.IntegerField(default=0)  # how often
    used_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)  # offered no more; its shortcut is free again
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        """A shortcut is one reply's among those of one person, of one team, of everybody."""

        ordering: ClassVar = ["shortcut", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shortcut", "owner", "team"],
                name="canned_shortcut",
                condition=models.Q(archived_at=None),
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [models.Index(OpClass("shortcut", "text_pattern_ops"), name="canned_prefix")]

    def __str__(self) -> str:
        return f"/{self.shortcut}"

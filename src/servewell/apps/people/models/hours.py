"""When does a team, or a person, work? A week and the dates that differ; `engines/calendars` computes with it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from servewell.apps.base import ids
from servewell.apps.people.models.staff import Team, User


class Hours(models.Model):
    """The working hours of one team or one person."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    team = models.OneToOneField(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="hours")
    user = models.OneToOneField(User, on_delete=models.CASCADE, null=True, blank=True, related_name="hours")
    zone = models.CharField(max_length=64)  # IANA name
    week = models.JSONField()  # [[day 0..6 from Monday, from minute, to minute]], to > 1440: into the next day
    exceptions = models.JSONField()  # {date: [[from minute, to minute]]}; an empty list: closed all day
    changed_at = models.DateTimeField()

    class Meta:
        """Of one or the other."""

        constraints: ClassVar = [
            models.CheckConstraint(
                name="people_hours_of_one",
                condition=Q(team=None, user__isnull=False) | Q(team__isnull=False, user=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id or self.user_id}: {self.zone}"

"""Is somebody there? One row a person; without a row they have never been: offline."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from servewell.apps.base import clock, ids
from servewell.apps.people.models.staff import User


class State(models.TextChoices):
    """What a person can be: `online` takes new work, `busy` works on what they have, `away` is not at the desk."""

    ONLINE = "online"
    BUSY = "busy"
    AWAY = "away"
    OFFLINE = "offline"


class PresenceReason(models.Model):
    """Why somebody is busy or away; the list is the administrator's."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    state = models.CharField(max_length=8, choices=[(State.BUSY, "busy"), (State.AWAY, "away")])  # it goes with
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    limit_minutes = models.PositiveIntegerField(null=True, blank=True)  # None: for as long as it takes
    position = models.PositiveIntegerField(default=0)  # in the list, smallest first
    archived_at = models.DateTimeField(null=True, blank=True)  # from then on it is not offered
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """As the list is arranged."""

        ordering: ClassVar = ["position", "created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="people_reason_limit", condition=Q(limit_minutes=None) | Q(limit_minutes__range=(1, 1440))
            )
        ]

    def __str__(self) -> str:
        return self.name_en

    def name(self, language: str) -> str:
        """Return its name in a language."""
        return self.name_en if language == "en" else self.name_zh


class Presence(models.Model):
    """What a person is now, and since when."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="presence")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFLINE)
    reason = models.ForeignKey(PresenceReason, on_delete=models.PROTECT, null=True, blank=True)
    since = models.DateTimeField()
    limit_at = models.DateTimeField(null=True, blank=True)  # when the reason's time is over
    overdue_at = models.DateTimeField(null=True, blank=True)  # when it was found to be over; the state stays
    seen_at = models.DateTimeField()  # the last sign of life of one of their screens

    class Meta:
        """Silent screens are looked for by their last sign of life."""

        indexes: ClassVar = [
            models.Index(fields=["seen_at"], name="people_presence_seen", condition=~Q(state="offline")),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"

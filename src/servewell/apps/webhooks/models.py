"""Who wants to be told of what, and how did the last calls go? What waits, and what was given up, is in the outbox."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from servewell.apps.base import clock, ids

LONGEST_URL, LONGEST_DESCRIPTION, LONGEST_HEAD = 2000, 200, 500  # characters


class Subscription(models.Model):
    """An address that is called when something happens."""

    class State(models.TextChoices):
        """Is it called?"""

        ACTIVE = "active"
        PAUSED = "paused"

    class Reason(models.TextChoices):
        """Why it is paused."""

        NONE = ""
        BY_HAND = "by_hand"
        GONE = "gone"  # it answered 410: it wants no more calls
        FAILING = "failing"  # nothing came through for days

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    url = models.CharField(max_length=LONGEST_URL)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True)
    events = ArrayField(models.CharField(max_length=100), default=list)  # names; none: all that happen
    content = models.BooleanField(default=False)  # the present state of what it is about, beside ids and codes
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    reason = models.CharField(max_length=10, choices=Reason.choices, default=Reason.NONE, blank=True)
    sealed_secret = models.TextField()
    sealed_old_secret = models.TextField(blank=True)  # of before the last rotation
    old_secret_until = models.DateTimeField(null=True)  # until then calls are signed with both
    failures = models.IntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)  # since when nothing came through; null when the last call did
    try_at = models.DateTimeField(null=True)  # while it fails: no call before
    delivered_at = models.DateTimeField(null=True)  # when the last call came through
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        """Oldest first."""

        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.url

    @property
    def is_paused(self) -> bool:
        """Is it not called at present?"""
        return self.state == self.State.PAUSED


class Attempt(models.Model):
    """One call and what became of it; kept for a while."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    delivery = models.UUIDField()  # the outbox's id: the same for all tries of one call
    message = models.UUIDField()  # `webhook-id`: the event's id
    event = models.CharField(max_length=100)  # its name
    at = models.DateTimeField(default=clock.now)
    number = models.IntegerField()  # of the try
    outcome = models.CharField(max_length=16)  # code of `sending.Outcome`
    status = models.IntegerField(null=True)  # HTTP; null when there was no answer
    duration_ms = models.IntegerField()
    response = models.CharField(max_length=LONGEST_HEAD, blank=True)  # how the answer began

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["subscription", "-id"], name="webhooks_attempt_recent"),
            models.Index(fields=["message"], name="webhooks_attempt_answered", condition=~models.Q(response="")),
        ]

"""What is stored about logs? What they are called and how far they are; their steps lie in the lake."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from servewell.apps.base import clock, ids


class State(models.TextChoices):
    """How far an imported log is."""

    IMPORTING = "importing"
    READY = "ready"
    FAILED = "failed"


class Upload(models.Model):
    """A file somebody sent, until it is imported or forgotten."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    owner_id = models.UUIDField(null=True)  # who sent it; null: the command line
    file_name = models.CharField(max_length=255)  # as its owner calls it
    bytes = models.BigIntegerField()
    format = models.CharField(max_length=8)  # csv | xes | parquet | xlsx
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file_name


class Log(models.Model):
    """An imported log. Once it is ready it never changes."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=80)
    owner_id = models.UUIDField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.IMPORTING)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    columns = models.JSONField(null=True)  # {case, activity: [..], time, resource}; null until known
    zone = models.CharField(max_length=64, null=True)  # for times that carry none
    reading = models.JSONField(default=dict)  # {dates, delimiter, encoding} where the person said them
    upload = models.ForeignKey(Upload, null=True, on_delete=models.SET_NULL)
    events = models.BigIntegerField(default=0)
    cases = models.BigIntegerField(default=0)
    activities = models.IntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    set_aside = models.BigIntegerField(default=0)  # rows that could not be taken
    progress = models.JSONField(null=True)  # {stage, done, eta_s} while importing
    beat_at = models.DateTimeField(null=True)  # when the import last said that it lives
    attempts = models.IntegerField(default=0)  # how often it was claimed; the last number is the claim that holds
    error = models.JSONField(null=True)  # {code, values} of what went wrong

    class Meta:
        """Newest first; a name once, in any case."""

        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="insight_log_name")]

    def __str__(self) -> str:
        return self.name

    def ours(self) -> "models.QuerySet[Log]":
        """Return the row to change while it is imported under the claim we have; empty once another has taken it."""
        return Log.objects.filter(pk=self.pk, state=State.IMPORTING, attempts=self.attempts)

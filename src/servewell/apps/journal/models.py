"""What is remembered: events (append-only, a partition a month), who read personal data, and what the lake holds."""

from django.db import models

from servewell.apps.base import ids


class Event(models.Model):
    """Something that happened. The table is made by `sql/event.sql`; rows never change and hold no personal text.

    The key in PostgreSQL is (id, occurred_at), because the table is partitioned by month of `occurred_at` (UTC).
    """

    id = models.UUIDField(primary_key=True, default=ids.new)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()  # within a conversation it never runs backwards
    conversation = models.UUIDField(null=True)  # the case; null for events that concern no contact
    seq = models.BigIntegerField(null=True)  # number within the conversation, from 1: the order
    customer = models.UUIDField(null=True)
    activity = models.TextField()  # name of the vocabulary
    lifecycle = models.TextField()
    actor_kind = models.TextField()
    actor = models.UUIDField(null=True)
    team = models.UUIDField(null=True)
    channel = models.TextField(null=True)
    contact_type = models.TextField(null=True)
    sentiment = models.TextField(null=True)
    flow = models.TextField(null=True)
    version = models.IntegerField(null=True)
    element = models.TextField(null=True)
    amount = models.BigIntegerField(null=True)  # minor units
    attributes = models.JSONField(null=True)  # null when there are none

    class Meta:
        """Made by SQL, known to the ORM."""

        db_table = "journal_event"


class Case(models.Model):
    """The counter that numbers a conversation's events; its row is locked until the recording transaction ends."""

    conversation = models.UUIDField(primary_key=True)
    last_seq = models.BigIntegerField()
    last_recorded_at = models.DateTimeField()


class Access(models.Model):
    """Somebody read personal data."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    at = models.DateTimeField(db_index=True)
    actor_kind = models.TextField()
    actor = models.UUIDField(null=True)
    subject_kind = models.TextField()  # customer, conversation, attachment, export, ...
    subject = models.UUIDField(null=True)
    what = models.TextField()  # code of the view or the fields that were read

    class Meta:
        """Asked by subject: who saw this customer?"""

        db_table = "access_log"
        indexes = [models.Index(fields=["subject", "at"], name="access_subject")]


class LakeMonth(models.Model):
    """A closed month that stands in the lake: from then on its late events are noted in Late."""

    month = models.DateField(primary_key=True)  # its first day, UTC
    generation = models.IntegerField(default=0)  # 0: closed, not yet written
    events = models.BigIntegerField(default=0)
    stale = models.BooleanField(default=False)  # rows changed by erasure: write it again
    written_at = models.DateTimeField(null=True)


class Late(models.Model):
    """An event that came after its month was written to the lake, until the month is written again."""

    event = models.UUIDField(primary_key=True)
    occurred_at = models.DateTimeField(db_index=True)

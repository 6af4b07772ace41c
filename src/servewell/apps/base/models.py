"""What all rooms share and is stored: settings, the outbox, timers, answers once given, attachments."""

from django.db import models

from servewell.apps.base import ids


class Setting(models.Model):
    """One typed setting that somebody changed; the default of the others stands in the code."""

    name = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField(null=True)


class Outgoing(models.Model):
    """One call to the outside: waiting, being made (a lease holds it), done, or parked with a reason."""

    class State(models.TextChoices):
        """Where the call stands."""

        WAITING = "waiting"
        DONE = "done"
        PARKED = "parked"

    id = models.UUIDField(primary_key=True, default=ids.new)
    position = models.BigIntegerField(unique=True)  # from a sequence: the order within an order key
    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=200)  # the same at every try, so that the other side can drop a repetition
    order_key = models.CharField(max_length=200, default="", blank=True)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    attempt = models.IntegerField(default=0)
    claim = models.UUIDField(null=True)  # who holds it; settling asks for the same
    lease_until = models.DateTimeField(null=True)
    reason = models.TextField(default="", blank=True)  # of the last failure
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints and indexes."""

        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="outgoing_key")]
        indexes = [
            models.Index(fields=["due_at", "position"], name="outgoing_next", condition=models.Q(state="waiting")),
            models.Index(fields=["order_key", "position"], name="outgoing_order", condition=models.Q(state="waiting")),
            models.Index(fields=["settled_at"], name="outgoing_settled", condition=~models.Q(state="waiting")),
            models.Index(fields=["kind", "position"], name="outgoing_undone", condition=~models.Q(state="done")),
        ]


class Timer(models.Model):
    """Something to do for a subject at a moment; gone once it was done."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    kind = models.CharField(max_length=100)
    subject = models.UUIDField()
    due_at = models.DateTimeField()
    try_at = models.DateTimeField()  # due_at, or later after a failure
    payload = models.JSONField(default=dict)
    attempt = models.IntegerField(default=0)  # failures so far
    reason = models.TextField(default="", blank=True)  # of the last failure

    class Meta:
        """Constraints and indexes."""

        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="timer_subject")]
        indexes = [models.Index(fields=["try_at"], name="timer_try")]


class GivenAnswer(models.Model):
    """What was answered to a request with an Idempotency-Key."""

    pk = models.CompositePrimaryKey("principal", "key")
    principal = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)  # keyed mark of the request, so that the key cannot serve another
    status = models.IntegerField(null=True)  # null only inside the transaction that works on it
    sealed = models.TextField(null=True)
    created_at = models.DateTimeField(db_index=True)


class Attachment(models.Model):
    """A file that came or goes with a contact; its bytes stand in the data folder under their hash."""

    id = models.UUIDField(primary_key=True, default=ids.new)
    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)  # safe to show and to save under
    media_type = models.CharField(max_length=100)  # found by looking, not believed
    size = models.BigIntegerField()  # bytes
    uploader = models.UUIDField(null=True)  # a person or a key who may see it before it is part of anything
    created_at = models.DateTimeField(db_index=True)

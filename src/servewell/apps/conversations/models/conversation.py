"""What is one piece of work with a customer? Its row carries all that a list shows and sorts by."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.customers.models import Customer
from servewell.apps.people.models import Team, User


class Status(models.TextChoices):
    """Whose turn is it? `lifecycle.py` says what may follow what."""

    OPEN = "open"  # new: nobody of ours has answered yet
    WAITING_US = "waiting_us"  # the customer wrote after our last answer
    WAITING_CUSTOMER = "waiting_customer"  # we have answered, or asked back
    SOLVED = "solved"  # done, unless the customer writes again
    CLOSED = "closed"  # done for good: the next message begins a new conversation


ACTIVE = (Status.OPEN, Status.WAITING_US, Status.WAITING_CUSTOMER)  # what an inbox holds


class Priority(models.IntegerChoices):
    """Stored as a number, so that it sorts; the API speaks the words of PRIORITIES."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


PRIORITIES = {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH, "urgent": Priority.URGENT}


class Channel(models.TextChoices):
    """By which way the customer came; the journal's codes."""

    CHAT = "chat"
    EMAIL = "email"
    API = "api"
    PHONE = "phone"
    SMS = "sms"
    SOCIAL = "social"
    WECHAT = "wechat"
    WECOM = "wecom"


_NEXT_NUMBER = models.Func(
    models.Value("conversations_number"), function="nextval", output_field=models.BigIntegerField()
)  # a sequence: gaps where a transaction was rolled back


class Conversation(models.Model):
    """What one customer wants, from the first word until it is closed; shown as `#1042`.

    Changed by the verbs of `actions` only: each adds one to `version` and records its event.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, db_default=_NEXT_NUMBER)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")  # reads resolve merges
    channel = models.CharField(max_length=10, choices=Channel.choices)
    source = models.CharField(max_length=100, blank=True)  # which account of the channel, or which outside system
    account = models.UUIDField(null=True)  # of the channel's room: by which mailbox, site or number it came and goes
    external_id = models.CharField(max_length=200, blank=True)  # the thread's name over there, unique within a source
    subject = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=16, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.OPEN)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    contact_type = models.CharField(max_length=16, null=True)  # once it is classified
    sentiment = models.CharField(max_length=16, null=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    tags = ArrayField(models.UUIDField(), default=list)  # ids of Tag
    fields = models.JSONField(default=dict)  # custom fields: key of Field -> value
    snoozed_until = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)  # of the promise that breaks next; written by `set_due`
    due_state = models.CharField(max_length=16, blank=True)  # ok | soon | breached | paused
    waiting_since = models.DateTimeField(null=True)  # since when the customer waits for us; null when they do not
    preview = models.CharField(max_length=160, blank=True)  # beginning of the last public message
    preview_author = models.CharField(max_length=10, blank=True)  # its author's kind
    messages = models.IntegerField(default=0)  # position of the last message or note
    last_message_at = models.DateTimeField(default=clock.now)  # public or note
    last_customer_message_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now)
    solved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened = models.IntegerField(default=0)  # how often
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged", db_index=False)
    split_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    version = models.IntegerField(default=1)  # number of the change: who saves names the one they saw

    class Meta:
        """The indexes that the lists of the inbox walk stand in sql/0002_inbox.sql."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="conversation_external", condition=~models.Q(external_id="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-last_message_at"], name="conversation_customer"),
            models.Index(
                fields=["merged_into"], name="conversation_merged", condition=models.Q(merged_into__isnull=False)
            ),
            GinIndex(fields=["tags"], name="conversation_tags", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def owner_id(self) -> UUID | None:
        """Whose it is, as permissions ask it."""
        return self.assignee_id

    @property
    def is_active(self) -> bool:
        """Is there still something to do?"""
        return self.status in ACTIVE and self.merged_into_id is None

"""What was said in a conversation? Public messages both ways, and private notes."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from servewell.apps.base import clock, ids
from servewell.apps.base.models import Attachment
from servewell.apps.conversations.models.conversation import Conversation


class MessageKind(models.TextChoices):
    """Who may read it."""

    PUBLIC = "public"  # the customer and we
    NOTE = "note"  # only we


class Author(models.TextChoices):
    """Who wrote it; the journal's kinds of actor."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


class Delivery(models.TextChoices):
    """How far a message got; what may follow what stands in `lifecycle.py`."""

    RECEIVED = "received"  # came in
    NONE = "none"  # a note: goes nowhere
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"  # `delivery_reason` says why


class Message(models.Model):
    """One message or note. A row stays in the conversation it was written to, also when that is merged."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+", db_index=False)
    position = models.IntegerField()  # within the conversation, from 1, without gaps unless one was split off
    kind = models.CharField(max_length=8, choices=MessageKind.choices, default=MessageKind.PUBLIC)
    author_kind = models.CharField(max_length=10, choices=Author.choices)
    author = models.UUIDField(null=True)  # a customer, a user or a key; null for the system
    text = models.TextField(blank=True)  # plain; of HTML what can be read of it
    html = models.TextField(blank=True)  # safe to show; empty when there was none
    quoted = models.TextField(blank=True, default="")  # what stood below the text: earlier messages, a signature
    language = models.CharField(max_length=16, blank=True)
    delivery = models.CharField(max_length=10, choices=Delivery.choices)
    delivery_code = models.CharField(max_length=60, blank=True, default="")  # key of a sentence that says what is wrong
    delivery_reason = models.CharField(max_length=300, blank=True)  # in words of the other side, cut
    source = models.CharField(max_length=100, blank=True)  # as of the conversation
    external_id = models.CharField(max_length=998, blank=True)  # over there, e.g. a mail's Message-ID (RFC 5322: 998)
    mentions = ArrayField(models.UUIDField(), default=list)  # users called on in a note
    cut = models.BooleanField(default=False)  # the text was longer than we keep; the rest is an attachment
    split_from = models.UUIDField(null=True)  # conversation it stood in before it was split off
    created_at = models.DateTimeField(default=clock.now)  # when it was written, as its channel says
    recorded_at = models.DateTimeField(default=clock.now)  # when we had it

    class Meta:
        """One external id is one message, however often and by however many it is sent; the newest are found first."""

        indexes: ClassVar = [
            models.Index(fields=["conversation", "created_at", "id"], name="message_stream"),
            models.Index(fields=["id"], name="message_queued", condition=models.Q(delivery="queued")),
            models.Index(fields=["-id"], name="message_failed", condition=models.Q(delivery="failed")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "position"], name="message_position"),
            models.UniqueConstraint(
                fields=["source", "external_id"], name="message_external", condition=~models.Q(external_id="")
            ),
        ]

    @property
    def read_as(self) -> Author:
        """As whose do customers read it? What a program wrote by its key is an answer of ours like an agent's."""
        is_by_key = self.author_kind == Author.SYSTEM and self.author is not None
        return Author.AGENT if is_by_key else Author(self.author_kind)


class MessageAttachment(models.Model):
    """A file that a message carries."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    content_id = models.CharField(max_length=300, blank=True)  # what `cid:` in the HTML names
    position = models.SmallIntegerField(default=0)

    class Meta:
        """In their order."""

        ordering: ClassVar = ["position"]
